import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createStandinClient } from '@standin/client'
import { answers, freePort, type Part, runPart, startPart, until } from '../scripts/part.ts'
import { startSimulatedTrackunit } from './simulated-trackunit.ts'

interface KillLoop {
  kills: number
  random: () => number
  /** Stops early, after the current kill. */
  endsAtMs?: number
  say?: (line: string) => void
}

interface Sent {
  accountId: string
  clientId: string
  /** Whether all of its callbacks were answered 2xx; otherwise the account proves nothing. */
  isTaken: boolean
  isUninstalled: boolean
}

/**
 * Installs and uninstalls accounts without a pause, while the server and its PostgreSQL (with fsync on) are killed in turn
 * at random moments.
 * @returns the accounts whose callbacks were all answered 2xx, and those of them that are not as they should be
 */
export async function runCallbackKillLoop({
  kills,
  random,
  endsAtMs = Number.POSITIVE_INFINITY,
  say = () => {},
}: KillLoop) {
  const folder = await mkdtemp(join(tmpdir(), 'standin-kills-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const environment: Record<string, string> = {
    PORT: String(port),
    STANDIN_DATA_DIR: folder,
    LOG_LEVEL: 'warn',
    METRICS_PORT: String(await freePort()),
  }
  const trackunit = await startSimulatedTrackunit({ server: url })
  const { url: simulator } = trackunit
  Object.assign(environment, trackunit.settings)

  const isReady = () => answers(`${url}/health/ready`)
  const ready = () => until('the server', isReady, { timeoutMs: 60_000, everyMs: 20 })
  const startServer = () =>
    startPart({ name: 'server', command: ['apps/server/src/main.ts'], environment, onLine: say })
  let server: Part = startServer()
  const sent: Sent[] = []
  let isOver = false

  try {
    await ready()
    const serviceKey = await runPart(
      [
        'packages/standin/bin/standin.ts',
        'keys',
        'create',
        '--service',
        'kills',
        '--account',
        'all',
        '--scopes',
        'asset.view',
      ],
      { environment },
    )
    const senders = [0, 1, 2].map(async () => {
      while (!isOver) {
        const one = await sendOne()
        sent.push(one)
        await pause(one.isTaken ? 10 : 50)
      }
    })
    const countTaken = () => sent.filter(({ isTaken }) => isTaken).length
    let done = 0
    for (; done < kills && performance.now() < endsAtMs; done++) {
      // A kill between no two answers proves nothing, however slow the machine is.
      const takenBefore = countTaken()
      await until('a callback to be taken', async () => countTaken() > takenBefore, { timeoutMs: 60_000, everyMs: 5 })
      await pause(50 + random() * 250)
      const isServersTurn = done % 2 === 0
      process.kill(isServersTurn ? server.pid : await postmaster(), 'SIGKILL')
      if (isServersTurn) {
        await server.ended
        server = startServer()
      } else
        await until('the database to be missed', async () => !(await databaseAnswers()), {
          timeoutMs: 5_000,
          everyMs: 5,
        }).catch(() => {})
      await until('the database', databaseAnswers, { timeoutMs: 60_000, everyMs: 20 })
      say(`kill ${done + 1} of ${kills}: ${countTaken()} accounts taken so far`)
    }
    isOver = true
    await Promise.all(senders)

    const taken = sent.filter(({ isTaken }) => isTaken)
    const { api } = createStandinClient({ url, serviceKey })
    let wrong: Array<Sent & { state?: string | undefined }> = taken
    await until(
      'every proof',
      async () => {
        const states = await Promise.all(wrong.map(({ accountId }) => api.installation.get.query({ accountId })))
        wrong = wrong
          .map((one, index) => ({ ...one, state: states[index]?.state }))
          .filter(({ isUninstalled, state }) => state !== (isUninstalled ? 'suspended' : 'active'))
        return wrong.length === 0
      },
      { timeoutMs: 60_000 },
    ).catch(() => {})
    return { kills: done, taken, wrong, unanswered: sent.length - taken.length }
  } finally {
    isOver = true
    await server.stop()
    await trackunit.close()
    await rm(folder, { recursive: true, force: true })
  }

  /** Installs an account; every third one is uninstalled again. */
  async function sendOne(): Promise<Sent> {
    const accountId = randomUUID()
    const installed = await control('install', { accountId })
    const isUninstalled = installed.isTaken && random() < 0.33
    const isTaken = installed.isTaken && (!isUninstalled || (await control('uninstall', { accountId })).isTaken)
    return { accountId, clientId: installed.clientId, isTaken, isUninstalled }
  }

  async function control(path: string, body: object): Promise<{ clientId: string; isTaken: boolean }> {
    const response = await fetch(`${simulator}/control/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { clientId, delivered } = (await response.json()) as {
      clientId: string
      delivered: { status: number | null }
    }
    return { clientId, isTaken: delivered.status === 200 }
  }

  async function postmaster(): Promise<number> {
    const [pid] = (await readFile(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n', 1)
    return Number(pid)
  }

  async function databaseAnswers(): Promise<boolean> {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) })
    return response.ok && !(await response.text()).includes('"down"')
  }
}
