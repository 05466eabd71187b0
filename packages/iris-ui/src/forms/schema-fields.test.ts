import { describe, expect, test } from 'vitest'
import { createFormats } from '../formats/create-formats.ts'
import { readable } from '../formats/readable.ts'
import { da, en } from '../texts/called-standin.fixture.ts'
import { createInputProblems } from './input-problems.ts'
import {
  changedDestinationsOf,
  destinationsOf,
  noReceivers,
  type ReceiverValues,
  receiverProblems,
  receiversOf,
} from './receivers.ts'
import { inputOf, numberOf, type Schema, schemaFields, valuesOf } from './schema-fields.ts'

const schema: Schema = {
  type: 'object',
  properties: {
    machines: { title: 'Which machines', format: 'machine-filter', type: 'object', default: {} },
    olderThanDays: { type: 'integer', minimum: 1, maximum: 730, default: 90, title: 'Older than', unit: 'days' },
    kinds: { type: 'array', items: { enum: ['ALERT', 'PRE_CHECK'] }, minItems: 1, default: ['ALERT'] },
    chartBy: { enum: ['type', 'site'], default: 'type' },
    idle: { type: 'boolean', default: true },
    note: { type: 'string', maxLength: 5 },
    limit: { type: 'integer', maximum: Number.MAX_SAFE_INTEGER },
    nested: { type: 'object', properties: {} },
  },
  required: ['olderThanDays', 'limit'],
}
const fields = schemaFields(schema)
const formats = createFormats({ language: 'en-GB', textLanguage: 'en-GB' })

describe('the form of an action', () => {
  test('has a field for each known kind, the numbers first, the machines last', () => {
    expect(fields.map(({ key, kind }) => `${key}: ${kind}`)).toEqual([
      'olderThanDays: number',
      'limit: number',
      'kinds: choices',
      'chartBy: choice',
      'idle: flag',
      'note: text',
      'machines: machines',
    ])
  })

  test('names a field without a title by its key, and requires only fields without a default', () => {
    expect(fields.find(({ key }) => key === 'chartBy')?.label).toBe('Chart by')
    expect(readable('PRE_CHECK')).toBe('Pre check')
    expect(fields.filter(({ required }) => required).map(({ key }) => key)).toEqual(['limit'])
  })

  test('begins with the defaults, or with an earlier run’s input, and sends numbers as numbers', () => {
    expect(valuesOf(fields, schema)).toMatchObject({ olderThanDays: '90', kinds: ['ALERT'], idle: true, note: '' })
    const values = valuesOf(fields, schema, { olderThanDays: 30, machines: { siteIds: ['s'] } })
    expect(inputOf(fields, { ...values, limit: '7' })).toEqual({
      olderThanDays: 30,
      kinds: ['ALERT'],
      chartBy: 'type',
      idle: true,
      limit: 7,
      machines: { siteIds: ['s'] },
    })
  })

  test.each([
    ['7', 7],
    ['1 250,5', 1_250.5],
    ['seven', 'seven'],
  ])('reads “%s” as %s', (text, value) => expect(numberOf(text)).toBe(value))
})

describe('problems are shown at the field', () => {
  const problems = (changes: Record<string, unknown>, texts = en) => {
    const values = { ...valuesOf(fields, schema), limit: '1', ...changes } as ReturnType<typeof valuesOf>
    return createInputProblems({ schema, fields }, { texts, formats })(values)
  }

  test.each([
    [{}, {}],
    [{ olderThanDays: '0' }, { olderThanDays: 'Enter a number between 1 and 730.' }],
    [{ olderThanDays: '1.5' }, { olderThanDays: 'Enter a whole number.' }],
    [{ olderThanDays: 'many' }, { olderThanDays: 'Enter a whole number.' }],
    [{ limit: '' }, { limit: 'Enter a value.' }],
    [{ kinds: [] }, { kinds: 'Select at least one.' }],
    [{ note: 'too long' }, { note: 'Use at most 5 characters.' }],
    [
      { olderThanDays: '999', kinds: [] },
      { olderThanDays: 'Enter a number between 1 and 730.', kinds: 'Select at least one.' },
    ],
  ])('%o: %o', (changes, expected) => expect(problems(changes)).toEqual(expected))

  test('in the reader’s language', () => {
    expect(problems({ limit: '' }, da)).toEqual({ limit: 'Skal udfyldes.' })
  })
})

describe('receivers', () => {
  const values = {
    emails: 'mette@nordvang.example,  jonas@nordvang.example mette@nordvang.example',
    file: 'csv',
    webhooks: '',
    kept: [],
  } satisfies ReceiverValues

  test('are the addresses, each once, and the same when the form is opened again', () => {
    const destinations = destinationsOf(values)
    expect(destinations).toEqual([
      { kind: 'email', address: 'mette@nordvang.example', file: 'csv' },
      { kind: 'email', address: 'jonas@nordvang.example', file: 'csv' },
    ])
    const shown = destinations.filter((to) => to.kind === 'email')
    expect(destinationsOf(receiversOf(shown))).toEqual(destinations)
    expect(receiverProblems(values, en)).toEqual({})
  })

  test('keep the webhooks of a schedule by their ids, since their addresses are not known here', () => {
    const webhooks = ['hooks.slack.com', 'hooks.zapier.com'].map((host) => ({
      kind: 'webhook' as const,
      id: host,
      host,
    }))
    const opened = receiversOf(webhooks)
    expect(opened).toEqual({ ...noReceivers, kept: webhooks })
    const changed = { ...opened, webhooks: 'https://new.example/hook', kept: webhooks.slice(1) }
    expect(changedDestinationsOf(changed)).toEqual([
      { kind: 'webhook', url: 'https://new.example/hook' },
      { kind: 'webhook', id: 'hooks.zapier.com' },
    ])
  })

  test.each([
    [
      { emails: 'yard-koge@nordvang' },
      { emails: '“yard-koge@nordvang” is not complete. It needs an ending such as .dk.' },
    ],
    [{ emails: 'mette' }, { emails: '“mette” is not complete.' }],
    [{ webhooks: 'http://planner.example' }, { webhooks: 'Enter a web address that begins with https://.' }],
    [{ webhooks: 'https://planner' }, { webhooks: 'Enter a web address that begins with https://.' }],
  ])('%o: %o', (changes, expected) => {
    expect(receiverProblems({ ...noReceivers, ...changes }, en)).toEqual(expected)
  })
})
