import { expect, test } from 'vitest'
import { accentProblem, contrastOfAccent, defaultAccent } from './accent.ts'
import { standinAppSchema } from './standin-app.ts'

const app = {
  id: '@acme/roster',
  name: 'Roster',
  description: 'Plans.',
  callbackUrl: 'https://acme.example/callback',
  scopes: [{ scope: 'asset.view', optional: false }],
}
const problemsOf = (accent: unknown) =>
  standinAppSchema
    .safeParse({ ...app, accent })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

test('contrast is that of WCAG, on the ground where it is lowest', () => {
  expect(contrastOfAccent('light', '#000000')).toBeCloseTo(16.9, 0) // 21 on white, less on what lies under it.
  expect(contrastOfAccent('light', '#ffffff')).toBe(1)
  expect(contrastOfAccent('dark', '#252624')).toBe(1)
})

test('the default can be read on both pages, and may be left out', () => {
  expect(problemsOf(defaultAccent)).toBeUndefined()
  expect(problemsOf(undefined)).toBeUndefined()
})

test('a colour that cannot be read is refused with its contrast and what to do', () => {
  expect(problemsOf({ light: '#ff9900', dark: '#ff9900' })).toEqual([
    expect.stringMatching(
      /^accent\.light: #ff9900 cannot be read on a light page: its contrast is 1\.\d, and text needs 4\.5 \(WCAG AA\)\. Choose a darker colour$/,
    ),
  ])
  expect(problemsOf({ light: '#0b4fb3', dark: '#0b4fb3' })).toEqual([
    expect.stringMatching(/^accent\.dark: #0b4fb3 cannot be read on a dark page: .+ Choose a lighter colour$/),
  ])
  expect(problemsOf({ light: 'blue', dark: '#8ab8ff' })?.[0]).toMatch(/^accent\.light: a colour has the form #rrggbb/)
})

test('what passes on white alone does not pass where rows under the pointer are darker', () => {
  expect(accentProblem('light', '#767676')).toMatch(/cannot be read/) // 4.54 on white.
})
