import type { StandinClient } from '@standin/client'
import { type AnyAction, actionsIn } from 'standin'
import { missingTranslations } from 'standin/testing'
import { expect, test } from 'vitest'
import app from '../../../../standin.config.ts'
import type * as fleetSnapshot from './fleet-snapshot.ts'
import type * as utilisation from './utilisation.ts'

const actions = await actionsIn(import.meta.dirname)

test.each(actions)('standin.config.ts has the scopes of $id', ({ scopes }) => {
  const asked = app.scopes.map(({ scope }) => scope)
  expect(scopes.filter((scope) => !asked.includes(scope))).toEqual([])
})

test.each(actions)('$id has its form in every language that it declares', (action: AnyAction) => {
  expect(missingTranslations(action)).toEqual([])
})

test.each([
  { id: 'attention-list', input: {}, hasGraphql: true, reads: 0 },
  { id: 'attention-list', input: {}, hasGraphql: false, reads: 1 },
  { id: 'fleet-snapshot', input: { idleHours: false }, hasGraphql: true, reads: 0 },
  { id: 'fleet-snapshot', input: { idleHours: true }, hasGraphql: true, reads: 1 },
  { id: 'fleet-snapshot', input: { idleHours: false }, hasGraphql: false, reads: 1 },
  { id: 'utilisation', input: {}, hasGraphql: false, reads: 0 },
])(
  '$id with $input, GraphQL: $hasGraphql, reads the AEMP snapshot $reads times',
  ({ id, input, hasGraphql, reads }) => {
    const action: AnyAction | undefined = actions.find((each) => each.id === id)
    const asked = { input: action?.input.parse(input), hasGraphql }
    expect(action?.limits?.aempReadsPerRun?.(asked) ?? 0).toBe(reads)
  },
)

// Compiled, not run: the actions type the input of a run.
export async function use({ runs }: StandinClient<typeof fleetSnapshot & typeof utilisation>): Promise<void> {
  const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'
  await runs.start({ accountId, actionId: 'fleet-snapshot' })
  await runs.start({ accountId, actionId: 'utilisation', input: { machines: { types: ['Excavator'] } } })
  // @ts-expect-error a filter's types are a list
  await runs.start({ accountId, actionId: 'utilisation', input: { machines: { types: 'Excavator' } } })
  // @ts-expect-error there is no such action
  await runs.start({ accountId, actionId: 'fleet-snapshots' })
}
