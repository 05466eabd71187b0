import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defaultServerConditions, mergeConfig } from 'vite'
import { configDefaults, defineConfig } from 'vitest/config'
import LongestFirst from './scripts/longest-first.ts'
import { propertySeed } from './scripts/property-seed.ts'
import { hasReferenceActions, testsOfReferenceActions } from './scripts/reference-actions.ts'

const sourceCondition = '@standin/source'

/**
 * On two cores three, because tests wait as often as they work, for PostgreSQL, servers and browsers. At most eight, since
 * each may have one of them all.
 */
const maxWorkers = Math.min(Math.max(3, availableParallelism() - 1), 8)

/** A busy machine takes ten times as long as an idle one; these limits end what hangs. */
const patient = { testTimeout: 180_000, hookTimeout: 180_000, expect: { poll: { timeout: 60_000 } } }

/** What tests a reference action goes with it. */
export const withoutAction = hasReferenceActions ? [] : testsOfReferenceActions

/** No module keeps state, so the files of one worker can share loaded modules instead of loading them again. */
const sharing = { isolate: false }

/** What the long tests share with the others. */
export const common = defineConfig({
  // Packages are tested as their sources, without a build.
  resolve: { conditions: [sourceCondition, ...defaultClientConditions] },
  ssr: { resolve: { conditions: [sourceCondition, ...defaultServerConditions] } },
  test: {
    reporters: ['./scripts/closing-line-reporter.ts', 'default'],
    provide: { propertySeed: propertySeed() },
    setupFiles: fileURLToPath(new URL('scripts/seed-properties.ts', import.meta.url)),
    // For what a test imports past Vite, and for the processes that it starts.
    env: {
      NODE_OPTIONS: `--conditions=${sourceCondition}`,
      // Loading is most of what a test's process does; sharing compiled code saves a quarter of that.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)),
    },
    execArgv: [`--conditions=${sourceCondition}`],
  },
})

export default mergeConfig(
  common,
  defineConfig({
    test: {
      maxWorkers,
      sequence: { sequencer: LongestFirst },
      projects: [
        {
          extends: true,
          test: {
            name: 'unit',
            ...patient,
            ...sharing,
            unstubEnvs: true,
            include: ['{apps,packages,scripts}/**/*.test.{ts,tsx}'],
            // The template's tests are a maker's: Node runs them.
            exclude: [
              ...configDefaults.exclude,
              '**/dist/**',
              '**/template/**',
              '**/*.database.test.ts',
              '**/*.long.test.ts',
            ],
          },
        },
        {
          extends: true,
          test: {
            name: 'database',
            ...patient,
            ...sharing,
            // Concurrent tests mostly wait.
            maxConcurrency: 16,
            include: ['{packages,scripts}/**/*.database.test.ts'],
            globalSetup: './packages/standin/test/postgres-global-setup.ts',
          },
        },
        {
          extends: true,
          test: {
            name: 'e2e',
            ...patient,
            include: ['e2e/**/*.test.ts'],
            exclude: [...configDefaults.exclude, '**/*.long.test.ts', ...withoutAction],
            globalSetup: './e2e/build-app.ts',
          },
        },
      ],
    },
  }),
)
