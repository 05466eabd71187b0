import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** The actions that this repository's app has. A maker deletes the folder and writes others. */
export const referenceActions = 'apps/server/src/actions'

/** Not whether the folder is there: a maker's own actions are in a folder of the same name. */
export const hasReferenceActions = existsSync(join(root, referenceActions, 'attention-list.ts'))

/** Tests of whole processes that run a reference action: journeys through this repository's own app, and its promises under load. */
const theirTests = [
  'e2e/actions.test.ts',
  'e2e/app/*.test.ts',
  'e2e/faults/*.test.ts',
  'e2e/fleet-memory.soak.long.test.ts',
]

export const testsOfReferenceActions = globSync(theirTests, { cwd: root })
