import { type AnyAction, actionsIn } from 'standin'
import { expect, test } from 'vitest'
import { z } from 'zod'
import app from '../../../../standin.config.ts'

const actions = await actionsIn(import.meta.dirname)

test.each(actions)('standin.config.ts has the scopes of $id', ({ scopes }) => {
  const asked = app.scopes.map(({ scope }) => scope)
  expect(scopes.filter((scope) => !asked.includes(scope))).toEqual([])
})

/** The app has its own words for the choice of machines. */
const saidByTheApp = ['machines']

test.each(actions)('$id has its title, its description, its plan and its form in Danish too', (action: AnyAction) => {
  const form = Object.entries(z.toJSONSchema(action.input, { io: 'input' }).properties ?? {})
  const keys = form.flatMap(([field, schema]) => {
    if (typeof schema !== 'object' || saidByTheApp.includes(field)) return []
    const { description, enum: choices = [], items } = schema
    const several = typeof items === 'object' && !Array.isArray(items) ? (items.enum ?? []) : []
    return [
      `input.${field}`,
      ...(description === undefined ? [] : [`input.${field}.description`]),
      ...[...choices, ...several].map((choice) => `input.${field}.${choice}`),
    ]
  })
  expect(keys.length).toBeGreaterThan(1)
  expect(Object.keys(action.messages?.da ?? {})).toEqual(
    expect.arrayContaining(['title', 'description', ...(action.plan === undefined ? [] : ['plan']), ...keys]),
  )
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
