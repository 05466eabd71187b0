import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createStandinClient } from '@standin/client'
import type { Run } from '@standin/contracts'
import { until } from '../../scripts/part.ts'
import type { Cluster } from './cluster.ts'

/** What the system has promised so far, as its callers know it. */
export interface Promised {
  /** Accounts whose callbacks were all answered 2xx. */
  accounts: Array<{ accountId: string; isUninstalled: boolean }>
  /** How often each token arrived, by fingerprint. */
  tokens: Map<string, number>
  /** Runs that were accepted. */
  runs: Map<string, { runId: string; what: string }>
  /** What must never happen, and was seen. */
  broken: string[]
}

const scopes = ['asset.view', 'account.view', 'account.event.manage']
const callers = 4

/** Sends callbacks, asks for tokens and starts runs until `end`, whatever becomes of the answers. */
export async function startLoad(cluster: Cluster, { random }: { random: () => number }) {
  const serviceKey = await cluster.operator(
    'keys',
    'create',
    '--service',
    'load',
    '--account',
    'all',
    '--scopes',
    scopes.join(' '),
  )
  const clients = cluster.replicas.map(({ url }) => createStandinClient({ url, serviceKey }).api)
  const anyClient = () => clients[Math.floor(random() * clients.length)] as (typeof clients)[number]
  const promised: Promised = { accounts: [], tokens: new Map(), runs: new Map(), broken: [] }
  /** Which account each client id belongs to, as Trackunit knows it. */
  const accountOfClient = new Map<string, string>()
  const ownerOf = (clientId: string) => accountOfClient.get(clientId)
  let isOver = false

  async function send(path: 'install' | 'uninstall', accountId: string): Promise<boolean> {
    const answer = await cluster.trackunit.control(path, { accountId })
    const { clientId, delivered } = answer as { clientId: string; delivered: { status: number | null } }
    if (clientId) accountOfClient.set(clientId, accountId)
    return delivered.status === 200
  }

  async function sendCallbacks() {
    while (!isOver) {
      const accountId = randomUUID()
      const isInstalled = await send('install', accountId)
      const isUninstalled = isInstalled && random() < 0.25
      if (isInstalled && (!isUninstalled || (await send('uninstall', accountId))))
        promised.accounts.push({ accountId, isUninstalled })
      await pause(100)
    }
  }

  async function askForTokens() {
    for (let turn = 0; !isOver; turn++) {
      const serving = promised.accounts.filter(({ isUninstalled }) => !isUninstalled)
      const { accountId } = serving[Math.floor(random() * serving.length)] ?? {}
      const token = accountId && (await askForToken(accountId, [scopes[turn % 2] as string]).catch(() => undefined))
      if (token) noteToken(accountId, token)
      else await pause(20)
    }
  }

  async function askForToken(accountId: string, wanted: string[]): Promise<string | undefined> {
    const response = await fetch(`${cluster.any().url}/v1/token`, {
      method: 'POST',
      headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ accountId, scopes: wanted }),
      signal: AbortSignal.timeout(4_000),
    })
    return ((await response.json()) as { accessToken?: string }).accessToken
  }

  function noteToken(accountId: string, token: string) {
    const fingerprint = createHash('sha256').update(token).digest('base64url')
    promised.tokens.set(fingerprint, (promised.tokens.get(fingerprint) ?? 0) + 1)
    const { cid, exp } = claimsOf(token)
    const owner = ownerOf(cid)
    if (owner !== accountId) promised.broken.push(`a token of ${owner} was handed out for ${accountId}`)
    // Invariant 13, by the true clock. What waited on its way may be a little late.
    if (exp * 1_000 < Date.now()) promised.broken.push(`a token that ended was handed out for ${accountId}`)
  }

  /**
   * Starts a run until a server accepts it: the same key must always be the same run.
   * @returns undefined where the account is in quarantine, which the checker allows after a lie alone
   */
  async function startRun(
    what: string,
    given: { accountId: string; actionId: string; mode?: 'preview'; previewRunId?: string },
  ) {
    let refused: unknown
    for (let tries = 0; tries < 600; tries++) {
      const asked = { input: {}, idempotencyKey: `faults-${what.replace(' ', '-')}`, ...given }
      const signal = AbortSignal.timeout(4_000)
      const run = await anyClient()
        .run.start.mutate(asked, { signal })
        .catch((error: unknown) => {
          refused = error
          return undefined
        })
      if (!run) {
        if (reasonOf(refused) === 'CREDENTIALS_QUARANTINED') return undefined
        await pause(100)
        continue
      }
      const known = promised.runs.get(what)
      if (known && known.runId !== run.id) promised.broken.push(`${what} is two runs`)
      promised.runs.set(what, { runId: run.id, what })
      if (known || random() < 0.5) return run.id
    }
    throw new Error(`${what} was never accepted`, { cause: refused })
  }

  /**
   * Waits until a run has ended, or waits for one of Trackunit's limits, which can take longer than a test. Once the load is over
   * for longer than an account waits after answers that made no sense, which is five minutes.
   */
  async function endOf(runId: string): Promise<Run | undefined> {
    const wasOver = isOver
    let run: Run | undefined
    await until(
      `the end of ${runId}`,
      async () => {
        run = await anyClient().run.get.query({ runId }, { signal: AbortSignal.timeout(4_000) })
        return run.endedAt !== null || isLimited(run) || (isOver && !wasOver)
      },
      { timeoutMs: isOver ? 360_000 : 24 * 3_600_000, everyMs: 200 },
    )
    return run
  }

  /** Reads the fleets of accounts that work, and dismisses the events of one. */
  async function startRuns() {
    await until('accounts', async () => promised.accounts.some(({ isUninstalled }) => !isUninstalled), {
      timeoutMs: 120_000,
    })
    const [first] = promised.accounts.filter(({ isUninstalled }) => !isUninstalled)
    if (!first) return
    const { accountId } = first
    const changes = { accountId, actionId: 'clear-stale-events' }
    const previewRunId = await startRun('preview', { ...changes, mode: 'preview' })
    const preview = previewRunId && (await endOf(previewRunId))
    if (isOver) return
    // One that waits, or whose account is in quarantine because of a lie, allows no change; what else it may be is checked later.
    if (preview && preview.state === 'succeeded') await startRun('dismissal', { ...changes, previewRunId: preview.id })
    const read = new Set([accountId]) // Trackunit limits how often a fleet may be read.
    while (!isOver) {
      const next = promised.accounts.find((each) => !each.isUninstalled && !read.has(each.accountId))
      if (next) await startRun(`snapshot ${read.size}`, { accountId: next.accountId, actionId: 'fleet-snapshot' })
      read.add(next?.accountId ?? accountId)
      await pause(500)
    }
  }

  const loops = [sendCallbacks(), startRuns(), ...Array.from({ length: callers }, askForTokens)]
  const failed = Promise.all(loops)
  failed.catch(() => {}) // Thrown by `end`.
  return {
    promised,
    clients,
    endOf,
    ownerOf,
    isUnderWay: () => promised.accounts.length > 0 && promised.tokens.size > 0 && promised.runs.size > 0,
    async end() {
      isOver = true
      await failed
    },
  }
}

const claimsOf = (token: string): { cid: string; exp: number } =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

/** Whether a run waits until Trackunit's limits allow its next request. */
export const isLimited = ({ state, reason }: Run) => state === 'waiting' && reason === 'TRACKUNIT_RATE_LIMITED'

const reasonOf = (error: unknown): unknown => (error as { data?: { reason?: unknown } } | undefined)?.data?.reason
