import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { documentedScopes, type StandinApp } from '@standin/contracts'
import { describe, expect, test } from 'vitest'
import { irisAppManifest, type ManifestEnvironment } from './iris-app-manifest.ts'
import { undocumentedScopes } from './undocumented-scopes.ts'

const app: StandinApp = {
  id: '@nordvang/yard-assistant',
  name: 'Yard assistant',
  description: 'Counts the yard.',
  scopes: [
    { scope: 'asset.view', optional: false },
    { scope: 'account.site.manage', optional: true },
  ],
  callbackUrl: 'https://standin.nordvang.example/trackunit/callback',
}
const environment: ManifestEnvironment = {
  serverUrl: 'https://standin.nordvang.example/',
  callbackPathSecret: 'q7Zk-2_w',
  dependencies: { react: '19.3.1' },
  devDependencies: {},
}

describe('the manifest', () => {
  test('names the app, its scopes and its extension as the maker wrote them', () => {
    expect(irisAppManifest(app, environment)).toMatchObject({
      specVersion: '1.1',
      moduleFederationName: '@nordvang/yard-assistant',
      scopes: app.scopes,
      marketplace: { name: 'Yard assistant', description: 'Counts the yard.' },
      extensions: [
        { id: 'standin-fleet-extension', type: 'FLEET_EXTENSION', menuItem: { name: 'Yard assistant' } },
        { id: 'standin-lifecycle-extension', type: 'APP_LIFECYCLE_EXTENSION' },
      ],
      dependencies: { react: '19.3.1' },
    })
  })

  test('allows the page to call only the server, and to save files', () => {
    expect(irisAppManifest(app, environment).cspHeader).toEqual({
      'connect-src': ['https://standin.nordvang.example'],
      sandbox: ['allow-downloads'],
    })
  })

  test.each([
    ['q7Zk-2_w', 'https://standin.nordvang.example/trackunit/callback/q7Zk-2_w'],
    ['new, old', 'https://standin.nordvang.example/trackunit/callback/new'],
    ['none', 'https://standin.nordvang.example/trackunit/callback'],
  ])('with CALLBACK_PATH_SECRET=%s sends the callback to %s', (callbackPathSecret, url) => {
    expect(irisAppManifest(app, { ...environment, callbackPathSecret }).tokenCallback).toEqual({ url })
  })

  test.each([undefined, '', ' ', 'with/slash', 'ümlaut'])(
    'is not created with CALLBACK_PATH_SECRET=%s',
    (callbackPathSecret) => {
      expect(() => irisAppManifest(app, { ...environment, callbackPathSecret })).toThrow(/^CALLBACK_PATH_SECRET /)
    },
  )

  test('reports the scopes that Trackunit does not document', () => {
    const misspelt = { ...app, scopes: [...app.scopes, { scope: 'asset.veiw', optional: false }] }
    expect(undocumentedScopes(misspelt, documentedScopes)).toEqual(['asset.veiw'])
  })
})

describe('the command that prints it', () => {
  const build = (CALLBACK_PATH_SECRET: string) =>
    promisify(execFile)(
      process.execPath,
      ['--conditions=@standin/source', new URL('../../../../apps/iris-app/manifest.ts', import.meta.url).pathname],
      { env: { CALLBACK_PATH_SECRET, STANDIN_SERVER_URL: 'http://127.0.0.1:4000' } },
    )

  test('prints one JSON document and nothing else', async () => {
    const { stdout, stderr } = await build('none')
    expect(JSON.parse(stdout)).toMatchObject({
      specVersion: '1.1',
      cspHeader: { 'connect-src': ['http://127.0.0.1:4000'] },
    })
    expect(stderr).toBe('')
  })

  test('fails with one line and prints no manifest without a path secret', async () => {
    await expect(build('')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^CALLBACK_PATH_SECRET is missing[^\n]+\n$/),
    })
  })
})
