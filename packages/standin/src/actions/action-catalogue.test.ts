import { actionSchema } from '@standin/contracts'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createActionCatalogue } from './action-catalogue.ts'
import { type AnyAction, defineAction } from './define-action.ts'

const input = z.object({
  site: z.string().meta({ title: 'Site', description: 'Whose machines to list' }),
  days: z.int().min(1).default(7).describe('How far back'),
})
const report = defineAction({
  id: 'site-report',
  title: 'Site report',
  description: 'Lists the machines of a site.',
  input,
  scopes: ['a', 'b'],
  changesData: false,
  run: async () => {},
})
const toSomebody = {
  accountScopes: { grantedScopes: ['a'], missingFromPlan: ['b'] },
  mayStart: () => true,
  usualTimes: new Map([['site-report', { preview: 9, apply: 40, perChange: null }]]),
}
const catalogueOf = (...actions: AnyAction[]) => createActionCatalogue(actions, ['a', 'b', 'c'])

test.for([
  { state: z.object({ page: z.number() }), mistake: /site-report.*default.*page/ },
  { state: z.object({ at: z.date().default(() => new Date()) }), mistake: /site-report.*not JSON/ },
])('a state that could not begin or be kept stops the start: $mistake', ({ state, mistake }) => {
  expect(() => catalogueOf({ ...report, state })).toThrow(mistake)
})

test.for([
  { given: { input: z.string() as never }, mistake: /site-report.*input must be a z.object.*npm ls zod/ },
  { given: { input: undefined as never }, mistake: /site-report.*input must be a z.object.*npm ls zod/ },
  { given: { title: ' ' }, mistake: /site-report.*title/ },
])('an action that cannot be set up stops the start: $mistake', ({ given, mistake }) => {
  expect(() => catalogueOf({ ...report, ...given })).toThrow(mistake)
})

test('GraphQL is no address to which a POST only reads', () => {
  expect(() => catalogueOf({ ...report, readingPosts: ['/api/graphql/'] })).toThrow(/site-report.*mutations/)
  expect(() => catalogueOf({ ...report, readingPosts: ['/api/search'] })).not.toThrow()
})

test('what it reads names nothing that the account did not grant', () => {
  const reads = [
    { what: 'Machines', detail: 'All' },
    { what: 'Services', detail: 'Overdue', scope: 'b' },
    { what: 'Sites', detail: 'All', scope: 'a' },
  ]
  const [shown] = catalogueOf({ ...report, reads }).describe(toSomebody)
  expect(shown?.reads).toEqual([
    { what: 'Machines', detail: 'All' },
    { what: 'Sites', detail: 'All' },
  ])
})

test('an action is found by its id', () => {
  const catalogue = catalogueOf(report)
  expect(catalogue.find('site-report')).toBe(report)
  expect(catalogue.find('constructor')).toBeUndefined()
})

test('an action is listed in the form of the contract, with titles and descriptions for its form', () => {
  const [shown] = catalogueOf(report).describe(toSomebody)

  expect(actionSchema.parse(shown)).toEqual(shown)
  expect(shown).toMatchObject({
    id: 'site-report',
    missingScopes: ['b'],
    missingFromPlan: ['b'],
    mayOverlap: false,
    mayStart: true,
    usualSeconds: 40,
    secondsPerChange: null,
    inputSchema: {
      required: ['site'],
      properties: {
        site: { type: 'string', title: 'Site', description: 'Whose machines to list' },
        days: { type: 'integer', minimum: 1, default: 7, description: 'How far back' },
      },
    },
  })
})

test('an action lists what it leaves out on this account, and nothing while the granted scopes are unknown', () => {
  const catalogue = catalogueOf({ ...report, optionalScopes: ['a', 'c'] })
  const leftOut = (accountScopes: typeof toSomebody.accountScopes | undefined) =>
    catalogue.describe({ ...toSomebody, accountScopes })[0]?.missingOptionalScopes
  expect(leftOut(toSomebody.accountScopes)).toEqual(['c'])
  expect(leftOut(undefined)).toEqual([])
})

test('an action has its messages in the language asked for, and none in English', () => {
  const catalogue = catalogueOf({ ...report, messages: { da: { title: 'Pladsrapport' } } })
  const messagesIn = (language?: string) => catalogue.describe({ ...toSomebody, language })[0]?.messages
  expect(messagesIn('da-DK')).toEqual({ title: 'Pladsrapport' })
  expect(messagesIn('de-DE')).toEqual({})
  expect(messagesIn('constructor')).toEqual({})
  expect(messagesIn()).toEqual({})
})

test('an action that requires GraphQL says what the plan must include, after Trackunit refused it', () => {
  const shown = (isGraphqlRefused: boolean) =>
    catalogueOf({ ...report, plan: 'the GraphQL API' }, { ...report, id: 'other' })
      .describe({ ...toSomebody, accountScopes: { ...toSomebody.accountScopes, isGraphqlRefused } })
      .map(({ missingPlan }) => missingPlan)
  expect(shown(true)).toEqual(['the GraphQL API', null])
  expect(shown(false)).toEqual([null, null])
})

test('nothing is missing while the granted scopes are unknown', () => {
  expect(catalogueOf(report).describe({ ...toSomebody, accountScopes: undefined })).toMatchObject([
    { missingScopes: [], missingFromPlan: [] },
  ])
})

describe('a mistake stops the start, with the action named', () => {
  test.for<{ title: string; actions: AnyAction[]; says: RegExp }>([
    {
      title: 'two with one id',
      actions: [report, report],
      says: /"site-report".*two actions.*"Site report" and "Site report"/,
    },
    {
      title: 'a scope that the app does not request',
      actions: [{ ...report, scopes: ['a', 'x', 'y'] }],
      says: /"site-report".*standin\.config\.ts: x, y\. Check the spelling.* x, y\./,
    },
    {
      title: 'a documented scope that the app does not request',
      actions: [{ ...report, scopes: ['account.view'] }],
      says: /"site-report".*standin\.config\.ts: account\.view\.$/,
    },
    { title: 'an id with capitals', actions: [{ ...report, id: 'SiteReport' }], says: /"SiteReport".*lower-case/ },
    {
      title: 'an input without a form',
      actions: [{ ...report, input: z.object({ at: z.date() }) }],
      says: /"site-report".*date/,
    },
  ])('$title', ({ actions, says }) => {
    expect(() => catalogueOf(...actions)).toThrow(says)
    expect(() => catalogueOf(...actions)).toThrow(expect.objectContaining({ name: 'ActionError' }))
  })
})
