import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { freePort, root, until } from '../scripts/part.ts'
import { accountId } from './stack.ts'

const folder = mkdtempSync(join(tmpdir(), 'standin-staging-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As package.json has it, without npm. */
function staging(environment: Record<string, string>, ...argv: string[]) {
  const env = { ...process.env, ...environment, STAGING_DIR: relative(root, folder) }
  const child = spawn(process.execPath, ['--conditions=@standin/source', 'scripts/staging.ts', ...argv], {
    cwd: root,
    env,
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (piece) => (out += piece))
  child.stderr.on('data', (piece) => (err += piece))
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  return { out: () => out, err: () => err, exit, kill: (signal: NodeJS.Signals) => child.kill(signal) }
}

test('staging runs production settings over TLS: an account installs the app, and a service gets its token', async () => {
  const [publicPort, trackunitPort, appPort] = [await freePort(), await freePort(), await freePort()]
  const ports = {
    STAGING_PORT: String(publicPort),
    STAGING_TRACKUNIT_PORT: String(trackunitPort),
    STAGING_APP_PORT: String(appPort),
  }
  const running = staging(ports)
  onTestFinished(async () => {
    running.kill('SIGTERM') // Killed, it would leave its parts behind.
    await running.exit
  })
  await until('staging', async () => running.out().includes('The server answers'), { timeoutMs: 90_000 }).catch(() => {
    throw new Error(running.err())
  })
  const [, server = '', manager = ''] = /answers at (\S+), .* Manager at (\S+)\/,/.exec(running.out()) ?? []
  const settings = readFileSync(join(folder, 'settings.env'), 'utf8')
  expect(settings).toContain("NODE_ENV='production'")
  for (const name of ['PUBLIC_URL', 'TRACKUNIT_TOKEN_URL', 'TRACKUNIT_JWKS_URL', 'USER_TOKEN_JWKS_URL'])
    expect(settings).toMatch(new RegExp(`^${name}='https://`, 'm'))

  const ca = readFileSync(join(folder, 'certificate.pem'))
  async function call(path: string, body: object, key: string): Promise<{ status: number | undefined; body: string }> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
    const asked = request(`${server}${path}`, { ca, method: 'POST', headers })
    asked.end(JSON.stringify(body))
    const [answer] = await once(asked, 'response')
    return { status: answer.statusCode, body: await text(answer) }
  }
  const [app] = await once(request(server.replace(String(publicPort), String(appPort)), { ca }).end(), 'response')
  expect(app.headers['content-security-policy']).toContain(`connect-src ${server}`)
  expect(await text(app)).toContain('<script type="module"')
  const headers = { 'content-type': 'application/json' }
  const installed = await fetch(`${manager}/control/install`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ accountId }),
  })
  expect(await installed.json()).toMatchObject({ delivered: { status: 200 } })

  const operate = async (...argv: string[]) => {
    const part = staging({}, ...argv)
    expect([await part.exit, part.err()]).toEqual([0, expect.any(String)])
    return part.out()
  }
  await operate('callbacks', 'wait', '--account', accountId, '--seconds', '30')
  const key = JSON.parse(
    await operate('keys', 'create', '--service', 'rehearsal', '--account', 'all', '--scopes', 'asset.view', '--json'),
  ).key
  const token = () => call('/v1/token', { accountId, scopes: ['asset.view'] }, key)
  await expect.poll(async () => (await token()).status).toBe(200)

  running.kill('SIGTERM')
  expect(await running.exit).toBe(0)
})
