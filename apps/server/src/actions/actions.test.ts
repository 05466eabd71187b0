import { globSync } from 'node:fs'
import { join } from 'node:path'
import { createActionWords } from '@standin/contracts'
import type { AnyAction } from 'standin'
import { expect, test } from 'vitest'
import { z } from 'zod'
import app from '../../../../standin.config.ts'
import { actions } from './index.ts'

const files = globSync('*.ts', { cwd: import.meta.dirname }).filter(
  (file) => file !== 'index.ts' && !file.endsWith('.test.ts'),
)

test.each(files)('the action of %s stands in the list', async (file) => {
  const exported: unknown[] = Object.values(await import(join(import.meta.dirname, file)))
  expect(actions.filter((action) => exported.includes(action))).toHaveLength(1)
})

test('there is an action, and nothing but the files’ actions is in the list', () => {
  expect(files.length).toBeGreaterThan(0)
  expect(actions).toHaveLength(files.length)
})

test.each(actions)('the scopes of $id stand in standin.config.ts', ({ scopes }) => {
  const asked = app.scopes.map(({ scope }) => scope)
  expect(scopes.filter((scope) => !asked.includes(scope))).toEqual([])
})

/** What the form shows of a field that is the app's own. */
const saidByTheApp = ['Which machines']

test.each(actions)('$id says its title, its description and its form in Danish too', (action) => {
  const say = createActionWords(action.texts?.da ?? {})
  const fields = Object.values(z.toJSONSchema(action.input, { io: 'input' }).properties ?? {})
  const said = [action, ...fields].flatMap((part) =>
    typeof part === 'object' ? [part.title, part.description].filter((words) => words !== undefined) : [],
  )
  expect(said.length).toBeGreaterThan(3)
  expect(said.filter((words) => say(words) === words && !saidByTheApp.includes(words))).toEqual([])
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

test('what a plan must have is said in Danish too', () => {
  for (const { plan, texts } of actions as readonly AnyAction[])
    expect(plan === undefined || texts?.da?.[plan] !== undefined).toBe(true)
})
