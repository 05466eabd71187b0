import { cp, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createActionCatalogue } from '../../packages/standin/src/actions/action-catalogue.ts'
import { actionsIn } from '../../packages/standin/src/actions/actions-in.ts'
import type { AnyAction } from '../../packages/standin/src/actions/define-action.ts'
import app from '../../standin.config.ts'

const server = join(import.meta.dirname, '../../apps/server')

test('an action is added as CONTRIBUTING.md says: one new file', async () => {
  const folder = await mkdtemp(join(server, '.recipe-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(join(server, 'src/actions'), folder, { recursive: true })
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
  expect(await runOverPages(catalogue.find('count-machines'))).toEqual(['3 machines.'])
}, 30_000)

/** Runs it over two pages. @returns what it said */
async function runOverPages(action: AnyAction | undefined): Promise<string[]> {
  const said: string[] = []
  await action?.run({
    input: { pageSize: 2 },
    resumedFrom: undefined,
    checkpoint: async () => {},
    headline: async (sentence: string) => void said.push(sentence),
    trackunit: {
      graphql: async (_document: string, { after }: { after: string | null }) => ({
        data: {
          assets: after
            ? { edges: [{ node: { id: '3' } }], pageInfo: { endCursor: 'b', hasNextPage: false } }
            : {
                edges: [{ node: { id: '1' } }, { node: { id: '2' } }],
                pageInfo: { endCursor: 'a', hasNextPage: true },
              },
        },
      }),
    },
  } as unknown as Parameters<AnyAction['run']>[0])
  return said
}
