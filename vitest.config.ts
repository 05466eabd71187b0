import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defaultServerConditions, mergeConfig } from 'vite'
import { configDefaults, defineConfig } from 'vitest/config'

const sourceCondition = '@standin/source'

/** What the long tests share with the others. */
export const common = defineConfig({
  // Packages are tested as their sources, without a build.
  resolve: { conditions: [sourceCondition, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [sourceCondition, ...defaultServerConditions] } },
  test: {
    reporters: ['./scripts/closing-line-reporter.ts', 'default'],
    // What a test imports past Vite, and the processes it starts, find the sources as well.
    env: {
      NODE_OPTIONS: `--conditions=${sourceCondition}`,
      // Most of what a process of a test does is to load: what another one compiled is a quarter off that.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)),
    },
    execArgv: [`--conditions=${sourceCondition}`],
  },
})

export default mergeConfig(
  common,
  defineConfig({
    test: {
      projects: [
        {
          extends: true,
          test: {
            name: 'unit',
            include: ['{apps,packages,scripts}/**/*.test.{ts,tsx}'],
            exclude: [...configDefaults.exclude, '**/dist/**', '**/*.database.test.ts', '**/*.long.test.ts'],
          },
        },
        {
          extends: true,
          test: {
            name: 'database',
            include: ['packages/**/*.database.test.ts'],
            globalSetup: './packages/standin/test/postgres-global-setup.ts',
          },
        },
        {
          extends: true,
          test: {
            name: 'e2e',
            include: ['e2e/**/*.test.ts'],
            exclude: [...configDefaults.exclude, '**/*.long.test.ts'],
            testTimeout: 60_000,
            hookTimeout: 120_000,
            globalSetup: './e2e/build-app.ts',
            // Each file has a server, a simulator, a database and perhaps a browser, and waits as often as it works: two
            // at a time, after the rest.
            maxWorkers: 2,
            sequence: { groupOrder: 1 },
          },
        },
      ],
    },
  }),
)
