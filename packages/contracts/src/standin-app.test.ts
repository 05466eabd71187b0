import { expect, test } from 'vitest'
import { problemsInApp, standinAppSchema } from './standin-app.ts'

const app = {
  id: '@acme/roster',
  name: 'Roster',
  description: 'Lists.',
  scopes: [{ scope: 'asset.view', optional: false }],
  callbackUrl: 'https://roster.example.com/trackunit/callback',
}
const problemsOf = (change: object) =>
  (standinAppSchema.safeParse({ ...app, ...change }).error?.issues ?? []).map(({ message }) => message)

test('a name is one line, since it stands in subjects and headings', () => {
  expect(problemsOf({})).toEqual([])
  expect(problemsOf({ name: 'Roster\nBcc: all@example.com' })).toEqual([expect.stringMatching(/control characters/)])
  expect(problemsOf({ name: '' })).toHaveLength(1)
})

test('what is not a colour is refused as that, not for its contrast', () => {
  expect(problemsOf({ accent: { light: '#0b4fb3', dark: 'red' } })).toEqual(['a colour has the form #rrggbb'])
})

test('each mistake is named with its field, also one that has none', () => {
  expect(problemsInApp(app)).toEqual([])
  expect(problemsInApp(undefined)).toEqual([expect.stringContaining('no default export')])
  expect(problemsInApp({ ...app, acent: {}, callbackUrl: 'http://a', scopes: [{ scope: 'asset.view' }] })).toEqual([
    expect.stringMatching(/^scopes: 0: optional: /),
    'callbackUrl: an address begins with https:// and a host',
    'there is no field "acent"; check its spelling',
  ])
})
