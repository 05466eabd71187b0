import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answers, freePort, root, runPart, until } from '../scripts/part.ts'
import { accountId } from './stack.ts'

/** As package.json has it, with the server of the demo, which has an action of its own. */
const command = [
  'packages/standin/bin/standin.ts',
  'dev',
  '--server',
  'scripts/demo/server.ts',
  '--app',
  'apps/iris-app',
]

interface Started {
  out: string
  err: string
  kill(signal: NodeJS.Signals): void
  exit: Promise<number | null>
}

/** `npm start` without npm, which passes no signals on. */
function start(environment: Record<string, string>): Started {
  const child = spawn(process.execPath, ['--conditions=@standin/source', ...command], {
    cwd: root,
    env: { ...process.env, ...environment },
  })
  const started: Started = {
    out: '',
    err: '',
    kill: (signal) => child.kill(signal),
    exit: once(child, 'exit').then(([code]) => code),
  }
  child.stdout.on('data', (piece) => (started.out += piece))
  child.stderr.on('data', (piece) => (started.err += piece))
  return started
}

let folder: string
let environment: Record<string, string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standin-start-'))
  const [manager, server, app] = [await freePort(), await freePort(), await freePort()]
  environment = {
    STANDIN_DATA_DIR: folder,
    SIMULATOR_PORT: String(manager),
    PORT: String(server),
    IRIS_APP_PORT: String(app),
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const opened = (started: Started) =>
  until(`the address (${started.err})`, async () => started.out.includes('Open '), { timeoutMs: 60_000 })
const accountsOf = async () => {
  const response = await fetch(`http://127.0.0.1:${environment.SIMULATOR_PORT}/control/accounts`)
  return ((await response.json()) as { accounts: Array<{ isInstalled: boolean; clientId: string | null }> }).accounts
}

/** Whether the simulated Manager's user may approve credentials, according to the server. */
async function mayApprove(role: 'administrator' | 'reader'): Promise<boolean> {
  const simulator = `http://127.0.0.1:${environment.SIMULATOR_PORT}`
  const response = await fetch(`${simulator}/control/user-token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accountId, role }),
  })
  const { token } = (await response.json()) as { token: string }
  const input = encodeURIComponent(JSON.stringify({ accountId }))
  const answer = await fetch(`http://127.0.0.1:${environment.PORT}/trpc/installation.get?input=${input}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return ((await answer.json()) as { result: { data: { mayApprove: boolean } } }).result.data.mayApprove
}

/** A schedule of tomorrow starts its run when the clock of the simulated Trackunit is moved on by a day. */
async function firesWhenTimeMoves(): Promise<void> {
  const server = `http://127.0.0.1:${environment.PORT}`
  const keys = ['keys', 'create', '--service', 'start', '--account', accountId, '--scopes', 'asset.view']
  const key = await runPart(['packages/standin/bin/standin.ts', ...keys], { environment })
  const ask = async <Answer>(path: string, body?: object): Promise<Answer> => {
    const headers = { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) }
    const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
    const answer = await fetch(`${server}/v1/${path}`, init)
    expect(answer.status, await answer.clone().text()).toBe(200)
    return (await answer.json()) as Answer
  }
  const tomorrow = new Date(Date.now() + 86_400_000 - 3_600_000)
  const recurrence = `FREQ=MONTHLY;BYMONTHDAY=${tomorrow.getUTCDate()};BYHOUR=${tomorrow.getUTCHours()};BYMINUTE=0`
  const planned = { actionId: 'machine-list', input: {}, recurrence, timeZone: 'UTC', deliverTo: [] }
  const schedule = await ask<{ id: string; nextAt: string }>(`accounts/${accountId}/schedules`, planned)
  expect(Date.parse(schedule.nextAt)).toBeGreaterThan(Date.now())

  await fetch(`http://127.0.0.1:${environment.SIMULATOR_PORT}/control/clock`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"addMs":86400000}',
  })
  type Runs = { runs: Array<{ scheduleId: string | null; state: string; createdAt: string; endedAt: string | null }> }
  let run: Runs['runs'][number] | undefined
  await until('the run of tomorrow', async () => {
    run = (await ask<Runs>(`accounts/${accountId}/runs`)).runs.find(({ scheduleId }) => scheduleId === schedule.id)
    return run?.state === 'succeeded'
  })
  expect(Date.parse(run?.createdAt ?? '')).toBeGreaterThan(Date.now() + 86_000_000)
  expect(await mayApprove('administrator')).toBe(true) // Users' tokens are of tomorrow as well.
}

describe('npm start', () => {
  test('prints its one line, refuses to run twice, survives being killed, and continues with the same account', async () => {
    const first = start(environment)
    await opened(first)
    expect(first.out).toBe(`Open http://127.0.0.1:${environment.SIMULATOR_PORT}/\n`)
    const [account] = (await accountsOf()).filter(({ isInstalled }) => isInstalled)

    expect([await mayApprove('administrator'), await mayApprove('reader')]).toEqual([true, false])

    await firesWhenTimeMoves()

    const second = start(environment)
    expect(await second.exit).toBe(1)
    expect(second.err.trim()).toMatch(
      /^Standin is already running: open http:\S+, or end that one first \(process \d+\)\.$/,
    )
    expect(second.out).toBe('')

    first.kill('SIGKILL') // Its parts and its PostgreSQL keep running.
    await first.exit
    const third = start(environment)
    await opened(third)
    expect(third.err).toContain('Ended what an earlier start left running')
    expect((await accountsOf()).filter(({ isInstalled }) => isInstalled)).toEqual([account])

    third.kill('SIGTERM')
    expect(await third.exit).toBe(0)
    await expect(answers(`http://127.0.0.1:${environment.PORT}/health/live`)).rejects.toThrow()
  })

  test('names all ports that other programs use, and a command that keeps the settings', async () => {
    const others = [
      createServer().listen(Number(environment.PORT), '127.0.0.1'),
      createServer().listen(Number(environment.IRIS_APP_PORT), 'localhost'),
    ]
    await Promise.all(others.map((other) => once(other, 'listening')))
    const started = start(environment)

    expect(await started.exit).toBe(1)
    const [taken, kept] = [`${environment.PORT} and ${environment.IRIS_APP_PORT}`, environment.SIMULATOR_PORT]
    expect(started.err.trim()).toMatch(
      new RegExp(
        `^Ports ${taken} are taken by other programs. End them, or choose other ports: ` +
          `SIMULATOR_PORT=${kept} PORT=\\d+ IRIS_APP_PORT=\\d+ STANDIN_DATA_DIR=${folder} npm start$`,
      ),
    )
    for (const other of others) other.close()
  })

  test('names a folder that cannot be written', async () => {
    const file = join(folder, 'a-file')
    await writeFile(file, '')
    const started = start({ ...environment, STANDIN_DATA_DIR: file })

    expect(await started.exit).toBe(1)
    expect(started.err.trim()).toBe(
      `The folder ${file} cannot be written. Make it writable, or name another with STANDIN_DATA_DIR.`,
    )
  })
})
