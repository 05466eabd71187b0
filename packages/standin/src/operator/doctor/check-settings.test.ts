import { expect, test } from 'vitest'
import { type Config, readConfig } from '../../config/config.ts'
import { checkSettings } from './check-settings.ts'

const app = {
  id: '@acme/fleet-night',
  name: 'Fleet night',
  description: 'Works at night.',
  scopes: [{ scope: 'asset.view', optional: false }],
  callbackUrl: 'https://callbacks.acme.test/trackunit/callback',
}
const key = (kid: string, letters: string) => `${kid}:${letters.repeat(43).slice(0, 43)}`
const settings = {
  PUBLIC_URL: 'https://callbacks.acme.test',
  STANDIN_ENCRYPTION_KEYS: `${key('e1', 'Abc')},${key('e2', 'Bcd')}`,
  STANDIN_LINK_KEYS: key('l1', 'Cde'),
  STANDIN_AUDIT_KEYS: key('a1', 'Def'),
}
const users = {
  USER_TOKEN_ISSUER: 'i',
  USER_TOKEN_JWKS_URL: 'https://keys.acme.test',
  USER_TOKEN_ACCOUNT_CLAIM: 'a',
  USER_TOKEN_APP_CLAIM: 'app',
  USER_TOKEN_SCOPE_CLAIM: 'scp',
  USER_TOKEN_ADMIN_SCOPES: 'account.manage',
}

/** The findings that are not good, as text. */
function found(changes: Record<string, string | undefined>, callbackUrl = app.callbackUrl) {
  const config: Config = readConfig(app, { ...settings, ...users, ...changes })
  return checkSettings(config, { callbackUrl })
    .filter(({ level }) => level !== 'good')
    .map(({ check, level, text }) => `${level} ${check}: ${text}`)
}

test('complete settings have no findings', () => {
  expect(found({})).toEqual([])
})

test.for([
  {
    title: 'a key that two rings share, under any name',
    changes: { STANDIN_AUDIT_KEYS: key('other', 'Cde') },
    said: /^wrong keys: other of STANDIN_AUDIT_KEYS is a second name/,
  },
  {
    title: 'an example key',
    changes: { STANDIN_LINK_KEYS: key('l1', 'A') },
    said: /^note keys: l1 of STANDIN_LINK_KEYS is an example/,
  },
  { title: 'no PUBLIC_URL', changes: { PUBLIC_URL: undefined }, said: /^note addresses: PUBLIC_URL is not set/ },
  {
    title: 'a PUBLIC_URL on another host than the callback',
    changes: { PUBLIC_URL: 'https://api.acme.test' },
    said: /^note addresses: the manifest sends callbacks to callbacks\.acme\.test/,
  },
  {
    title: 'missing parts',
    changes: { STANDIN_PARTS: 'api,worker' },
    said: /^note parts: this process does api, worker\. Another one must do callbacks/,
  },
  {
    title: 'no scope claim',
    changes: { USER_TOKEN_SCOPE_CLAIM: undefined, USER_TOKEN_ADMIN_SCOPES: 'account.manage' },
    said: /^note users: USER_TOKEN_SCOPE_CLAIM is not set/,
  },
  {
    title: 'no administrators',
    changes: { USER_TOKEN_ADMIN_SCOPES: undefined },
    said: /^note users: USER_TOKEN_ADMIN_SCOPES is not set/,
  },
  {
    title: 'no users at all',
    changes: Object.fromEntries(Object.keys(users).map((name) => [name, undefined])),
    said: /^note users: USER_TOKEN_ISSUER, .+ every user is refused/,
  },
])('the doctor reports $title', ({ changes, said }) => {
  expect(found(changes)).toEqual([expect.stringMatching(said)])
})

test('the doctor reports a manifest whose callbacks would not arrive', () => {
  expect(found({}, 'https://standin.example.com/trackunit/callback')).toEqual([
    expect.stringMatching(/^note addresses: .+ an example/),
  ])
  expect(found({}, 'https://callbacks.acme.test/callback')).toEqual([
    expect.stringMatching(/^wrong addresses: .+ ends in \/callback/),
  ])
})
