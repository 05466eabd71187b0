import { mergeConfig } from 'vite'
import { configDefaults, defineConfig } from 'vitest/config'
import { common, withoutAction } from './vitest.config.ts'

/** The tests that take minutes, apart from `npm test`: `scripts/test-long.ts` starts them. */
export default mergeConfig(
  common,
  defineConfig({
    test: {
      name: 'long',
      include: ['{apps,packages,e2e}/**/*.long.test.ts'],
      exclude: [...configDefaults.exclude, ...withoutAction],
      globalSetup: './packages/standin/test/postgres-global-setup.ts',
      testTimeout: 24 * 3_600_000,
      hookTimeout: 120_000,
      maxWorkers: 1,
    },
  }),
)
