import type { StartRunInput } from '@standin/contracts'
import { asc, eq } from 'drizzle-orm'
import type { ServiceCaller, UserCaller } from '../src/access/caller.ts'
import { insertCredentials, lockInstallation, updateServing } from '../src/accounts/account-store.ts'
import { credentials } from '../src/accounts/account-table.ts'
import { eraseData } from '../src/accounts/erase-data.ts'
import { pauseAccount, resumeAccount } from '../src/accounts/pause-account.ts'
import { restoreInstallation, uninstall } from '../src/accounts/uninstall.ts'
import type { AnyAction } from '../src/actions/define-action.ts'
import { retryRun, startRun } from '../src/actions/start-run.ts'
import { auditEntries } from '../src/audit/audit-table.ts'
import { Secret } from '../src/config/secret.ts'
import { type Context, inTransaction } from '../src/context.ts'
import { artifactsOfRuns, findArtifact, readChunks } from '../src/results/artifacts/artifact-store.ts'
import { cancelRun, interruptCancelled } from '../src/runs/cancel-run.ts'
import { handOverRuns, startWork } from '../src/runs/claim-runs.ts'
import { listEvents } from '../src/runs/run-event-store.ts'
import { streamRunEvents } from '../src/runs/run-events.ts'
import { claimRuns, freeRun, listHeldAndOrphaned } from '../src/runs/run-lease-store.ts'
import { accountOfRun, findRun, type RunRow } from '../src/runs/run-store.ts'
import { type RunKey, runs } from '../src/runs/run-table.ts'
import type { RunsHooks } from '../src/runs/runs-context.ts'
import { createAdjustableClock } from './adjustable-clock.ts'
import { emptyTables } from './empty-tables.ts'
import { playDatabaseClock } from './played-database-clock.ts'
import type { TestDatabase } from './test-database.ts'
import { openTestReplica, type ReplicaOptions, testApp } from './test-replica.ts'
import { withRuns } from './with-runs.ts'

export const account = '11111111-1111-4111-8111-111111111111'
export const otherAccount = '22222222-2222-4222-8222-222222222222'

/** A person who may read with the scope `a`. */
export const anna: UserCaller = {
  kind: 'user',
  id: 'anna',
  name: 'Anna',
  accountId: account,
  scopes: ['a'],
  expiresAt: new Date('2099-01-01'), // Further away than the longest timer of Node.
}
/** May do everything on every account. */
export const caller: ServiceCaller = {
  kind: 'service',
  service: 'reports',
  keyId: 'key',
  mac: '',
  grants: [{ accountId: 'all', scopes: ['a', 'b', 'asset.view'], mac: '' }],
}

interface Given extends Pick<ReplicaOptions, 'environment' | 'fetch' | 'connection'> {
  database: Pick<TestDatabase, 'url'>
  actions: readonly AnyAction[]
  hooks?: Partial<RunsHooks>
  /** When time begins. What waits is due at once in a database whose clock is later. */
  startsAt?: Date
  /** The database's clock is the test's as well: `advance` moves both. Else it is the real one. */
  playsDatabaseClock?: boolean
  /** Hides the texts of unexpected errors. */
  isProduction?: boolean
}

/** How an account is installed. */
export interface Installed {
  clientId?: string
  clientSecret?: string
  state?: 'active' | 'parked' | 'pending' | 'uninstalled'
  grantedScopes?: string[]
  missingFromPlan?: string[]
}

interface AsProcess {
  /** As the rows name this process; by default, as its session does. */
  replicaId?: number
  /** For how long the database has not heard of it; by default, as long as it has not. */
  silentForMs?: () => number
}

const scopes = ['a', 'b', 'asset.view']

/** Lets an account serve runs, with proven credentials. */
export async function installAccount(
  ctx: Context,
  accountId: string,
  { state = 'active', clientId = `client of ${accountId}`, clientSecret = 's3cr3t', ...granted }: Installed = {},
): Promise<void> {
  const binding = { account: accountId, app: testApp.id, column: 'client-secret', generation: 1 } as const
  const sealedSecret = await ctx.vault.seal(new Secret(clientSecret), binding)
  await inTransaction(ctx, async (tx) => {
    await lockInstallation(tx.db, accountId)
    await tx.db.delete(credentials).where(eq(credentials.accountId, accountId))
    await insertCredentials(tx, {
      accountId,
      generation: 1,
      appId: testApp.id,
      clientId,
      sealedSecret,
      state,
      grantedScopes: scopes,
      missingFromPlan: [],
      ...granted,
      issuedAt: new Date('2025-01-01'),
      tieBreak: '',
      bound: true,
      releasedAt: null,
      provenAt: null,
    })
    const isInForce = state === 'active' || state === 'parked'
    await updateServing(tx, { accountId, activeGeneration: isInForce ? 1 : null })
  })
}

export type RunStack = Awaited<ReturnType<typeof createRunStack>>

/** Runs with an empty database, wired as in the server; workers work only when the test tells them to. */
export async function createRunStack({
  database,
  actions,
  hooks,
  startsAt,
  playsDatabaseClock = false,
  isProduction = false,
  ...options
}: Given) {
  const clock = createAdjustableClock(startsAt)
  const databaseClock = playsDatabaseClock ? await playDatabaseClock(database) : undefined
  await databaseClock?.set(clock.now())
  const app = { scopes: scopes.map((scope) => ({ scope, optional: false })) }
  const replica = openTestReplica(database, { ...options, clock, app })
  const config = { ...replica.ctx.config, production: isProduction }
  const ctx = withRuns({ ...replica.ctx, config }, actions, hooks)
  const { db, log, listener } = ctx
  const { sql } = replica
  await emptyTables(sql)
  await listener.on('run_event', ctx.runs.feeds.wake, ctx.runs.feeds.wakeAll) // From here on this process has its replica's lock.
  const installing = new Map<string, Promise<void>>()
  let keys = 0

  const install = (accountId = account, as: Installed = {}): Promise<void> => {
    const installed = installAccount(ctx, accountId, as)
    installing.set(accountId, installed)
    return installed
  }
  const keyOf = async (id: string): Promise<RunKey> => ({ id, accountId: (await accountOfRun(db, id)) ?? account })
  const run = async (runId: string) => {
    const row = await findRun(db, await keyOf(runId))
    if (!row) throw new Error('there is no such run')
    return row
  }
  const eventsOf = async (runId: string) => listEvents(db, await keyOf(runId), { after: 0, limit: 10_000 })

  return {
    ctx,
    database,
    db,
    sql,
    clock,
    log,
    listener,
    eventsOf,
    run,
    keyOf,
    install,
    findAction: ctx.actions.find,
    /** Advances time, for this process and the database. */
    async advance(ms: number): Promise<void> {
      clock.advance(ms)
      await databaseClock?.set(clock.now())
    },
    setDatabaseClock: async (at: Date) => databaseClock?.set(at),
    events: {
      async *stream(runId: string, of: Parameters<typeof streamRunEvents>[2]) {
        yield* streamRunEvents(ctx, await keyOf(runId), of)
      },
    },
    /** Accepts a run of the first action, unless another is named, on an account that has installed the app. */
    async start({
      actionId = actions[0]?.id ?? '',
      accountId = account,
      input = {},
      idempotencyKey = `key-of-run-${++keys}`,
      ...more
    }: Partial<StartRunInput> = {}): Promise<RunRow> {
      await (installing.get(accountId) ?? install(accountId))
      return startRun(ctx, caller, {
        actionId,
        accountId,
        input,
        idempotencyKey,
        mode: 'apply',
        deliverTo: [],
        ...more,
      })
    },
    retry: async (runId: string, idempotencyKey = `key-of-run-${++keys}`) =>
      retryRun(ctx, caller, { run: await keyOf(runId), idempotencyKey }),
    /** One process of the server, which claims a run when the test tells it to. */
    createWorker({ replicaId, silentForMs = listener.replica.silentForMs }: AsProcess = {}) {
      const id = () => replicaId ?? listener.replica.id()
      const replica = { ...listener.replica, id, silentForMs }
      const of = withRuns({ ...ctx, listener: { ...listener, replica } }, actions, hooks)
      return {
        ctx: of,
        /** Claims the run if it is due, also from a replica that has died, and works on it. */
        async workOn(runId: string): Promise<void> {
          for (const orphan of await listHeldAndOrphaned(db, 0)) await freeRun(db, orphan)
          const [claimed] = await claimRuns(ctx, { replicaId: id() ?? 0, limit: 1, only: await keyOf(runId) })
          if (claimed) await startWork(of, claimed)
        },
        cancel: (runId: string) => interruptCancelled(of, runId),
        handOver: () => handOverRuns(of),
      }
    },
    /** A worker claims the run and dies. */
    async dieWith(runId: string): Promise<RunRow | undefined> {
      for (const orphan of await listHeldAndOrphaned(db, 0)) await freeRun(db, orphan)
      return (await claimRuns(ctx, { replicaId: 1, limit: 1, only: await keyOf(runId) }))[0]
    },
    /** The runs that a worker could claim now, in that order. */
    due: async () =>
      (
        await sql<Array<{ id: string }>>`
          select id from runs where promoted_at is not null and ended_at is null and replica_id is null
            and coalesce(waiting_until, promoted_at) <= now() order by urgency, coalesce(waiting_until, promoted_at)`
      ).map(({ id }) => id),
    cancel: async (runId: string) => cancelRun(ctx, { run: await keyOf(runId), actor: { kind: 'user', id: 'anna' } }),
    /** As a bound UNINSTALLED does. */
    async suspend(accountId = account): Promise<void> {
      const now = new Date()
      const stopped = { suspendedUpTo: now, suspendedAt: now }
      await inTransaction(ctx, (tx) => updateServing(tx, { accountId, activeGeneration: null }, stopped))
    },
    pause: (accountId = account) => pauseAccount(ctx, { accountId, actor: { kind: 'operator', id: 'test' } }),
    resume: (accountId = account) => resumeAccount(ctx, { accountId, actor: { kind: 'operator', id: 'test' } }),
    restore: (accountId = account) => restoreInstallation(ctx, { accountId, actor: { kind: 'operator', id: 'test' } }),
    async uninstall(accountId = account): Promise<void> {
      await inTransaction(ctx, async (tx) => {
        const installation = await lockInstallation(tx.db, accountId)
        await uninstall(tx, { installation, issuedAt: new Date(), actor: { kind: 'trackunit', id: 'test' } })
      })
      await eraseData(ctx, accountId)
    },
    /** States in the order in which they were announced. */
    states: async (runId: string) =>
      (await eventsOf(runId)).flatMap((event) => (event.type === 'state' ? [event.state] : [])),
    /** The files that a run offers, by name. */
    async files(runId: string): Promise<Record<string, string>> {
      const { accountId } = await keyOf(runId)
      const files = (await artifactsOfRuns(db, accountId, [runId])).get(runId) ?? []
      const read = files.map(async ({ id, name, bytes }) => {
        const artifact = await findArtifact(db, { id, accountId })
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
      await ctx.tokens.spool.close()
      await replica.close()
      await databaseClock?.close()
    },
  }
}
