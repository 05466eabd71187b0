import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import contracts from '../package.json' with { type: 'json' }
import { breaksOf, type RecordedApi, recordApi, type Shape } from '../test/recorded-api.ts'

// Trackunit approves an app by hand, so one that was built weeks ago calls a server of today.
const { version } = contracts
const folder = join(import.meta.dirname, '../test/recorded')
const file = (of: string) => join(folder, `${of}.json`)
const read = (of: string): RecordedApi => JSON.parse(readFileSync(file(of), 'utf8'))

if (process.env.RENEW_RECORDED === 'yes') writeFileSync(file(version), `${JSON.stringify(recordApi())}\n`)
const versions = readdirSync(folder).map((name) => name.replace(/\.json$/, ''))

test('the API of this version is recorded', () => {
  expect(versions).toContain(version)
})

test.each(versions)('an app that was built with version %s works with this server', (earlier) => {
  expect(breaksOf(read(earlier), recordApi())).toEqual([])
})

/** Every object in a shape, with a name for it. */
function* objectsIn(shape: Shape, at: string): Generator<[at: string, shape: Shape]> {
  if (shape.properties) yield [at, shape]
  for (const [name, inner] of Object.entries(shape.properties ?? {})) yield* objectsIn(inner, `${at}.${name}`)
  for (const inner of [shape.items, ...(shape.anyOf ?? []), ...(shape.oneOf ?? [])])
    if (inner) yield* objectsIn(inner, at)
}

test('whatever is taken away is found, wherever it is', () => {
  let tried = 0
  for (const [name, procedure] of Object.entries(recordApi())) {
    const now = { [name]: procedure }
    for (const side of ['input', 'output'] as const)
      for (const [nth, [at, { properties = {} }]] of [...objectsIn(procedure[side], name)].entries())
        for (const property of Object.keys(properties)) {
          const changed = structuredClone(procedure)
          const [, object] = [...objectsIn(changed[side], name)][nth] ?? []
          delete object?.properties?.[property]
          if (object) object.required = (object.required ?? []).filter((each) => each !== property)
          expect(breaksOf(now, { [name]: changed }), `${side} ${at} without ${property}`).not.toEqual([])
          tried++
        }
    expect(breaksOf(now, {})).toEqual([`${name} is gone`])
    expect(breaksOf(now, now)).toEqual([])
  }
  expect(tried).toBeGreaterThan(300)
})

const string = { type: 'string' }
test.each<[string, Shape, Shape, string[], string[]]>([
  ['a shorter text', { ...string, maxLength: 9 }, { ...string, maxLength: 8 }, ['p.x in: maxLength is tighter'], []],
  ['a longer text', { ...string, maxLength: 8 }, { ...string, maxLength: 9 }, [], []],
  ['a new bound', { type: 'number' }, { type: 'number', minimum: 1 }, ['p.x in: minimum is tighter'], []],
  ['one value less', { enum: ['a', 'b'] }, { enum: ['a'] }, ['p.x in: b is refused'], []],
  ['one value more', { enum: ['a'] }, { enum: ['a', 'b'] }, [], []],
  ['another type', string, { type: 'number' }, ['p.x in: string is refused'], ['p.x out: may be number']],
  ['null as well', string, { anyOf: [string, { type: 'null' }] }, [], ['p.x out: may be {"type":"null"}']],
  [
    'a field that may be missing',
    { type: 'object', properties: { a: string }, required: ['a'] },
    { type: 'object', properties: { a: string }, required: [] },
    [],
    ['p.x out.a may be missing'],
  ],
  [
    'a field that is asked for',
    { type: 'object', properties: { a: string }, required: [] },
    { type: 'object', properties: { a: string }, required: ['a'] },
    ['p.x in.a is required'],
    [],
  ],
  [
    'a new kind of a union',
    { anyOf: [{ type: 'object', properties: { type: { const: 'a' } } }, { type: 'null' }] },
    {
      anyOf: [
        { type: 'object', properties: { type: { const: 'a' } } },
        { type: 'object', properties: { type: { const: 'b' } } },
        { type: 'null' },
      ],
    },
    [],
    [],
  ],
])('%s', (_title, before, now, sent, answered) => {
  const api = (input: Shape, output: Shape): RecordedApi => ({
    'p.x': { kind: 'query', callers: ['user'], input, output },
  })
  expect(breaksOf(api(before, {}), api(now, {}))).toEqual(sent)
  expect(breaksOf(api({}, before), api({}, now))).toEqual(answered)
})
