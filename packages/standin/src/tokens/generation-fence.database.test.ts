import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { patiently } from '../../test/patiently.ts'
import { tokenAnswer } from '../../test/played-trackunit.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import { openTestReplica } from '../../test/test-replica.ts'
import { createTokenStack, type TokenStack, withTokens } from '../../test/token-stack.ts'
import { lockInstallation, updateServing } from '../accounts/account-store.ts'
import { credentials, installations, signedAccounts } from '../accounts/account-table.ts'
import { findCredentialsInForce } from '../accounts/credentials-in-force.ts'
import type { HandOut } from '../audit/hand-out-kind.ts'
import { Secret } from '../config/secret.ts'
import { inTransaction } from '../context.ts'
import type { Database } from '../database/database.ts'
import { StandinError } from '../standin-error.ts'
import { storeExchanged } from './exchange-store.ts'
import { createInForceMemory } from './in-force-memory.ts'
import { issueToken } from './issue-token.ts'
import { takeLease } from './lease-store.ts'
import { forgetInForce, hearTokenChange } from './token-changes.ts'

let database: TestDatabase
let stack: TokenStack
beforeAll(async () => {
  database = await createTestDatabase()
  stack = await createTokenStack(database)
  await installAll()
  replicas = await Promise.all([startReplica(), startReplica()])
})
afterAll(async () => {
  await Promise.all(replicas.map(({ close }) => close()))
  await stack[Symbol.asyncDispose]()
  await database.drop()
})

type Change = 'reinstall' | 'uninstall'
let played = 0
const interleaved = 400
const atOnce = 4
const accountIds = Array.from(
  { length: interleaved },
  (_, index) => `00000000-0000-4000-9000-${String(index).padStart(12, '0')}`,
)

const active = (accountId: string) => {
  const serving = { accountId, activeGeneration: 1 }
  return { ...serving, mac: stack.ctx.signedRows.sign(signedAccounts, serving) }
}

/** Installs all accounts with two statements: one by one, they would take most of the test's time. */
async function installAll(): Promise<void> {
  const rows = await Promise.all(
    accountIds.map(async (accountId) => {
      const binding = { account: accountId, app: '@acme/fleet-night', column: 'client-secret', generation: 1 } as const
      const sealedSecret = await stack.ctx.vault.seal(new Secret('secret of generation 1'), binding)
      const of = { accountId, generation: 1, appId: binding.app, clientId: '1', grantedScopes: ['a', 'b'] }
      return { ...of, sealedSecret, state: 'active' as const, issuedAt: stack.clock.now(), tieBreak: '', bound: true }
    }),
  )
  await stack.db.insert(installations).values(accountIds.map(active))
  await stack.db.insert(credentials).values(rows)
}

/** Every statement, answer of Trackunit and notification waits for its turn, which the scheduler of the current run gives. */
interface Turns {
  scheduler: fc.Scheduler
  wake: () => void
  working: number
  handedOut: HandOut[]
  afterStep: (label: string) => Promise<void>
}
/** Several accounts are played at the same time, each with its own turns. */
const turns = new AsyncLocalStorage<Turns>()
function turnsHere(): Turns {
  const here = turns.getStore()
  if (!here) throw new Error('nothing is played here')
  return here
}

const step =
  <Given extends unknown[], Result>(label: string, work: (...given: Given) => Promise<Result>) =>
  async (...given: Given): Promise<Result> => {
    const mine = turnsHere()
    const turn = mine.scheduler.schedule(Promise.resolve(), label)
    mine.wake()
    await turn
    mine.working++
    try {
      return await work(...given)
    } finally {
      await mine.afterStep(label)
      mine.working--
      mine.wake()
    }
  }

/** One process of the server, for all accounts. */
async function startReplica() {
  const opened = openTestReplica(database, {
    clock: stack.clock,
    random: Math.random,
    app: { scopes: ['a', 'b'].map((scope) => ({ scope, optional: false })) },
    environment: { TRACKUNIT_MAX_REQUESTS_PER_S: '10000' },
    fetch: step('exchange', async (_address: unknown, init?: RequestInit) => {
      const asked = new URLSearchParams(String(init?.body))
      const accessToken = `token of generation ${asked.get('client_id')}`
      return tokenAnswer({ scopes: asked.get('scope')?.split(' ') ?? [], accessToken })
    }),
  })
  await opened.ctx.listener.on('run_event', () => {})
  const execute = step('statement', (query: Parameters<Database['execute']>[0]) => stack.db.execute(query))
  const db = new Proxy(stack.db, {
    get: (target, name) => (name === 'execute' ? execute : Reflect.get(target, name, target)),
  })
  const recordHandOut = step('hand-out', async (handOut: HandOut) => {
    const isRecorded = await opened.ctx.audit.recordHandOut(handOut)
    if (isRecorded) turnsHere().handedOut.push(handOut)
    return isRecorded
  })
  const ctx = withTokens({ ...opened.ctx, db, audit: { ...opened.ctx.audit, recordHandOut } })
  const find = step('look', (accountId: string) => findCredentialsInForce(stack.ctx, accountId))
  ctx.tokens.inForce = createInForceMemory({ clock: stack.clock, find })
  return {
    issueToken: (receiver: { kind: 'system'; id: string }, wanted: { accountId: string; scopes: string[] }) =>
      issueToken(ctx, receiver, wanted),
    /** Wakes waiting callers. */
    hear: (accountId: string) => hearTokenChange(ctx, accountId),
    tellChanged: step('notification', async (accountId: string) => forgetInForce(ctx, accountId)),
    close: opened.close,
  }
}

let replicas: Array<Awaited<ReturnType<typeof startReplica>>>

/** One account, two replicas that are asked for its token, and changes of the generation in force. */
async function play(scheduler: fc.Scheduler, { changes, callers }: { changes: readonly Change[]; callers: number }) {
  const accountId = accountIds[played++] ?? randomUUID()
  if (played > accountIds.length) await stack.install({ accountId, generation: 1, clientId: '1' })
  let active: number | null = 1
  let generations = 1
  /** Generations that were in force before: their rows stay until the next exchange, and are not served. */
  let leftBehind: number[] = []
  const handedOut: HandOut[] = []
  let handedOutBefore = 0
  const mine: Turns = {
    scheduler,
    working: 0,
    handedOut,
    wake: () => {},
    async afterStep(label) {
      if (label === 'statement' && active !== 1) {
        const late = (await stored()).filter((generation) => generation !== active && !leftBehind.includes(generation))
        expect(late).toEqual([])
      }
      for (const { generation } of handedOut.slice(handedOutBefore)) expect(generation).toBe(active)
      handedOutBefore = handedOut.length
      for (const { hear } of replicas) hear(accountId)
    },
  }
  const change: Record<Change, () => Promise<void>> = {
    reinstall: step('re-install', async () => {
      generations++
      leftBehind = await stored()
      await stack.install({ accountId, generation: generations, clientId: String(generations) })
      active = generations
    }),
    uninstall: step('uninstall', async () => {
      await stack.uninstall(accountId)
      active = null
      leftBehind = []
    }),
  }

  const outcomes: string[] = []
  const act = () => [
    ...Array.from({ length: callers }, async (_, caller) => {
      const receiver = { kind: 'system', id: `caller ${caller}` } as const
      await replicas[caller % 2]!.issueToken(receiver, { accountId, scopes: ['a'] }).then(
        ({ accessToken }) => outcomes.push(accessToken.reveal()),
        (error: unknown) => outcomes.push(error instanceof StandinError ? error.reason : String(error)),
      )
    }),
    (async () => {
      for (const name of changes) {
        await change[name]()
        for (const { tellChanged } of replicas) void tellChanged(accountId)
      }
    })(),
  ]
  let isOver = false
  const over = turns
    .run(mine, () => Promise.all(act()))
    .finally(() => {
      isOver = true
      mine.wake()
    })
  while (!isOver) {
    await tick() // Work that can continue reaches its next turn.
    if (mine.working === 0 && scheduler.count() > 0) await scheduler.waitOne()
    else if (!isOver) await woken(mine)
  }
  await over
  await scheduler.waitAll()
  return { outcomes, handedOut }

  async function stored(): Promise<number[]> {
    const rows = await stack.sql`select generation from access_tokens where account_id = ${accountId}`
    return rows.map(({ generation }) => generation)
  }
}

const woken = (waiting: { wake: () => void }) =>
  new Promise<void>((resolve) => {
    waiting.wake = resolve
    setTimeout(resolve, 5).unref() // For work that is not a step, such as an encryption.
  })
const tick = () => new Promise<void>((resolve) => setImmediate(resolve))

test('invariant 12: in up to 400 interleavings no token of a generation that is not in force is stored or served', async () => {
  const seen = { tokens: 0, refusals: 0 }
  const interleavings = fc.asyncProperty(
    fc.scheduler(),
    fc.record({
      changes: fc.constantFrom<readonly Change[]>(
        ['reinstall'],
        ['uninstall'],
        ['reinstall', 'uninstall'],
        ['uninstall', 'reinstall'],
        ['reinstall', 'reinstall'],
      ),
      callers: fc.integer({ min: 1, max: 2 }),
    }),
    async (scheduler, history) => {
      const { outcomes, handedOut } = await play(scheduler, history)
      const tokens = outcomes.filter((outcome) => outcome.startsWith('token of'))
      expect(tokens.sort()).toEqual(handedOut.map(({ generation }) => `token of generation ${generation}`).sort())
      const refusals = outcomes.filter((outcome) => !outcome.startsWith('token of'))
      for (const reason of refusals)
        expect(['INSTALLATION_UNINSTALLED', 'CREDENTIALS_PENDING', 'OVERLOADED']).toContain(reason)
      seen.tokens += tokens.length
      seen.refusals += refusals.length
    },
  )
  // Several at the same time, so that Node works while PostgreSQL does. A busy machine plays fewer.
  const limits = { numRuns: interleaved / atOnce, interruptAfterTimeLimit: 60_000 }
  await Promise.all(Array.from({ length: atOnce }, () => fc.assert(interleavings, limits)))
  // The interleavings had both outcomes.
  expect(seen.tokens).toBeGreaterThan(played / 4)
  expect(seen.refusals).toBeGreaterThan(played / 8)
})

test('invariant 12: a token that arrives while another generation comes into force is not stored', async () => {
  const accountId = randomUUID()
  await stack.install({ accountId, generation: 1, clientId: '1' })
  const token = { accountId, generation: 1, scopeKey: 'a' }
  const lease = await takeLease(stack.db, token, { seenFence: undefined, holder: 1, leaseMs: 60_000 })
  const brought = {
    lease: lease!,
    sealedToken: 'sealed',
    fingerprint: 'late',
    forced: false,
    lifetimeMs: 3_600_000,
    leftMs: 3_600_000,
    refreshAheadMs: 60_000,
  }

  const { storing } = await inTransaction(stack.ctx, async (tx) => {
    await lockInstallation(tx.db, accountId)
    await updateServing(tx, { accountId, activeGeneration: 2 })
    const storing = storeExchanged(stack.ctx, token, brought)
    // It must wait for the commit, because what it read before no longer holds after it.
    const isWaiting = vi.waitUntil(
      async () => (await stack.sql`select from pg_locks where not granted`).length > 0,
      patiently,
    )
    await Promise.race([storing, isWaiting])
    return { storing }
  })

  expect(await storing).toBe(false)
  expect(await stack.sql`select from access_tokens where account_id = ${accountId}`).toHaveLength(0)
})
