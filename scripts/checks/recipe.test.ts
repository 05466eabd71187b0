import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createActionCatalogue } from '../../packages/standin/src/actions/action-catalogue.ts'
import { actionsIn } from '../../packages/standin/src/actions/actions-in.ts'
import { createActionStage } from '../../packages/standin/src/testing/action-stage.ts'
import { fleetOf } from '../../packages/standin/src/testing/fleet-of.ts'
import app from '../../standin.config.ts'

const server = join(import.meta.dirname, '../../apps/server')

test('an action is added as CONTRIBUTING.md says: one new file', async () => {
  const folder = await mkdtemp(join(server, '.recipe-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  if (existsSync(join(server, 'src/actions'))) await cp(join(server, 'src/actions'), folder, { recursive: true })
  await cp(join(import.meta.dirname, 'recipe/count-machines.ts'), join(folder, 'count-machines.ts'))

  const actions = await actionsIn(folder)
  const catalogue = createActionCatalogue(
    actions,
    app.scopes.map(({ scope }) => scope),
  )

  const shown = catalogue.describe({
    accountScopes: { grantedScopes: ['asset.view'], missingFromPlan: [] },
    mayStart: () => true,
    usualTimes: new Map(),
  })
  expect(shown.find(({ id }) => id === 'count-machines')).toMatchObject({
    missingScopes: [],
    inputSchema: { properties: { pageSize: { title: 'Machines in a page', default: 100 } } },
  })
  const action = catalogue.find('count-machines')
  if (!action) throw new Error('it is not there')
  const dies = { onRequest: (nth: number) => (nth === 2 ? ('die' as const) : ('answer' as const)) }
  const played = await createActionStage({ machines: fleetOf(5), ...dies }).play(action, { input: { pageSize: 2 } })
  expect(played.headline).toBe('5 machines.')
})
