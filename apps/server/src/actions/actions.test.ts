import { type AnyAction, actionsIn } from 'standin'
import { missingTranslations } from 'standin/testing'
import { expect, test } from 'vitest'
import app from '../../../../standin.config.ts'

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
