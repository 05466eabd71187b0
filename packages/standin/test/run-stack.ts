import type { StartRunInput } from '@standin/contracts'
import { asc, eq } from 'drizzle-orm'
import { pino } from 'pino'
import type { ServiceCaller, UserCaller } from '../src/access/caller.ts'
import { lockInstallation } from '../src/accounts/installation-store.ts'
import { createUninstall } from '../src/accounts/uninstall.ts'
import type { AnyAction } from '../src/actions/define-action.ts'
import { auditEntries } from '../src/audit/audit-table.ts'
import { connectDatabase, type Transaction } from '../src/database/database.ts'
import { createListener } from '../src/database/listen.ts'
import type { MachineRegister } from '../src/machines/machine-register.ts'
import { artifactsOfRuns, findArtifact, readChunks } from '../src/results/artifacts/artifact-store.ts'
import { cancelRun } from '../src/runs/cancel-run.ts'
import { listEvents } from '../src/runs/run-event-store.ts'
import { createRunEvents } from '../src/runs/run-events.ts'
import type { RunQueue } from '../src/runs/run-queue.ts'
import { findRun } from '../src/runs/run-store.ts'
import { runs } from '../src/runs/run-table.ts'
import { createStartRun } from '../src/runs/start-run.ts'
import { createWorkRun } from '../src/runs/work-run.ts'
import type { AccountScopes } from '../src/tokens/account-scopes.ts'
import type { TrackunitClient } from '../src/trackunit/trackunit-client.ts'
import { whenUninstalled } from '../src/when-uninstalled.ts'
import { createAdjustableClock } from './adjustable-clock.ts'
import { emptyTables } from './empty-tables.ts'
import type { TestDatabase } from './test-database.ts'

export const account = '11111111-1111-4111-8111-111111111111'
export const otherAccount = '22222222-2222-4222-8222-222222222222'

/** Somebody who may read with the scope `a`. */
export const anna: UserCaller = {
  kind: 'user',
  id: 'anna',
  name: 'Anna',
  accountId: account,
  scopes: ['a'],
  expiresAt: new Date('2099-01-01'), // Further away than a timer of Node's can count.
}
/** May do everything on every account. */
export const caller: ServiceCaller = {
  kind: 'service',
  service: 'reports',
  keyId: 'key',
  grants: [{ accountId: 'all', scopes: ['a', 'b'] }],
}

interface Given {
  database: TestDatabase
  actions: readonly AnyAction[]
  /** What the account granted. */
  scopesOf?: () => Promise<AccountScopes | undefined>
  /** What else happens in the transaction that ends a run. */
  onEnd?: Parameters<typeof createWorkRun>[0]['onEnd']
  artifactBytesPerAccount?: number
  accessOf?: Parameters<typeof createWorkRun>[0]['accessOf']
  /** When time begins. What waits is due at once in a database whose clock is later. */
  startsAt?: Date
  /** Instead of a list of what was sent, from which the test works by hand. */
  queue?: (url: string) => Promise<RunQueue>
}

interface Starting extends Partial<StartRunInput> {}

interface AsProcess {
  replicaId?: () => number | undefined
  trackunitFor?: Parameters<typeof createWorkRun>[0]['trackunitFor']
}

export type RunStack = Awaited<ReturnType<typeof createRunStack>>

/** Runs and their database, empty, wired as the server wires them; workers work when the test says so. */
export async function createRunStack(given: Given) {
  const {
    database,
    actions,
    startsAt,
    scopesOf = async () => ({ grantedScopes: ['a', 'b'], missingFromPlan: [] }),
  } = given
  const { db, sql, close } = connectDatabase(database.url)
  await emptyTables(sql)
  const listener = createListener(database.url)
  const clock = createAdjustableClock(startsAt)
  const log = pino({ level: 'silent' })
  const sent: Array<{ runId: string; notBefore?: Date }> = []
  const byHand: RunQueue = {
    async send(_tx: Transaction, runId, options = {}) {
      sent.push({ runId, ...options })
    },
    work: async () => {},
    fetched: async () => sent.map(({ runId }) => runId), // Nobody knows better: any of them may have been.
    cut: () => {},
    rest: async () => {},
    stop: async () => {},
  }
  const queue = (await given.queue?.(database.url)) ?? byHand
  const findAction = (id: string) => actions.find((action) => action.id === id)
  const startRun = createStartRun({ db, queue, findAction, scopesOf })
  await listener.on('run_cancel', () => {}) // From here on this process has its replica's lock.
  let keys = 0

  const eventsOf = (runId: string) => listEvents(db, runId, { after: 0, limit: 10_000 })
  return {
    ...{ database, db, sql, clock, log, queue, sent, listener, findAction, eventsOf },
    events: await createRunEvents({ db, listener }),
    /** Accepts a run of the first action, unless it says another. */
    start: ({
      actionId = actions[0]?.id ?? '',
      accountId = account,
      input = {},
      idempotencyKey = `key-of-run-${++keys}`,
      ...more
    }: Starting = {}) =>
      startRun.start(caller, { actionId, accountId, input, idempotencyKey, mode: 'apply', deliverTo: [], ...more }),
    retry: (runId: string, idempotencyKey = `key-of-run-${++keys}`) =>
      startRun.retry(caller, { runId, idempotencyKey }),
    /** As one process of the server. */
    createWorker: ({ replicaId = listener.replica.id, trackunitFor = () => ({}) as TrackunitClient }: AsProcess = {}) =>
      createWorkRun({
        ...{ db, queue, clock, log, findAction, replicaId, random: () => 0 },
        ...(given.onEnd && { onEnd: given.onEnd }),
        ...(given.accessOf && { accessOf: given.accessOf }),
        ...(given.artifactBytesPerAccount && { artifactBytesPerAccount: given.artifactBytesPerAccount }),
        trackunitFor,
        machinesFor: () => ({}) as MachineRegister,
      }),
    cancel: (runId: string) => cancelRun(db, queue, { runId, actor: { kind: 'user', id: 'anna' } }),
    async uninstall(accountId = account): Promise<void> {
      const end = createUninstall(whenUninstalled)
      await db.transaction(async (tx) => {
        const installation = await lockInstallation(tx, accountId)
        await end(tx, { installation, issuedAt: new Date(), actor: { kind: 'trackunit', id: 'test' } })
      })
    },
    run: async (runId: string) => {
      const row = await findRun(db, runId)
      if (!row) throw new Error('there is no such run')
      return row
    },
    /** States in the order in which they were told. */
    states: async (runId: string) =>
      (await eventsOf(runId)).flatMap((event) => (event.type === 'state' ? [event.state] : [])),
    /** The files that a run offers, by name. */
    async files(runId: string): Promise<Record<string, string>> {
      const files = (await artifactsOfRuns(db, [runId])).get(runId) ?? []
      const read = files.map(async ({ id, name, bytes }) => {
        const artifact = await findArtifact(db, id)
        const pieces: Buffer[] = []
        if (artifact) for await (const piece of readChunks(db, artifact)) pieces.push(piece)
        const content = Buffer.concat(pieces)
        if (content.byteLength !== bytes) throw new Error(`${name} has ${content.byteLength} bytes and says ${bytes}`)
        return [name, content.toString()] as const
      })
      return Object.fromEntries(await Promise.all(read))
    },
    audit: async (runId: string) =>
      (await db.select().from(auditEntries).where(eq(auditEntries.accountId, account)).orderBy(asc(auditEntries.id)))
        .filter(({ details }) => details.runId === runId)
        .map(({ event }) => event),
    promoted: async () =>
      (await db.select().from(runs).orderBy(asc(runs.createdAt), asc(runs.id)))
        .filter((row) => row.promotedAt)
        .map(({ id }) => id),
    async [Symbol.asyncDispose]() {
      await queue.stop()
      await listener.close()
      await close()
    },
  }
}
