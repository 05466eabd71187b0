import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The slowest files, the slowest first: while the last one runs, the other workers are idle. */
export const longest = [
  'e2e/app/pages.test.ts',
  'e2e/maker/maker.test.ts',
  'e2e/app/states.test.ts',
  'e2e/app/journey.test.ts',
  'e2e/consumer.test.ts',
  'e2e/outage/outage.test.ts',
  'e2e/callbacks-survive-kills.test.ts',
  'e2e/faults/everything-at-once.test.ts',
  'e2e/start.test.ts',
  'e2e/access.test.ts',
  'e2e/app/overlays.test.ts',
  'e2e/console.test.ts',
  'e2e/docs.test.ts',
  'e2e/actions.test.ts',
  'e2e/rolling-restart.test.ts',
  'e2e/rest-clients.test.ts',
  'scripts/checks/image.database.test.ts',
  'packages/standin/src/operator/operator.database.test.ts',
  'packages/standin/src/callbacks/callback-fuzz.database.test.ts',
  'packages/standin/src/runs/kill-loop.database.test.ts',
  'packages/standin/src/database/embedded-postgres/embedded-postgres.test.ts',
  'scripts/checks/doc-examples.test.ts',
]

/** Vitest goes by the durations of earlier runs, and a fresh clone has had none. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const place = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((name) => moduleId.endsWith(`/${name}`))
      return index === -1 ? longest.length : index
    }
    return sorted.toSorted((one, other) => place(one) - place(other))
  }
}
