import { findAccounts, listAccounts } from '../../packages/standin/src/accounts/account-store.ts'
import { findCredentialsInForce } from '../../packages/standin/src/accounts/credentials-in-force.ts'
import {
  listInstallationEvents,
  numberInstallationEvents,
} from '../../packages/standin/src/accounts/installation-event-store.ts'
import { findTrackunitTroubles } from '../../packages/standin/src/accounts/trackunit-trouble-store.ts'
import { findStanding } from '../../packages/standin/src/tokens/standing-store.ts'
import type { Comparison, Measured } from '../compare.ts'
import { type FilledDatabase, fillDatabase, scopeKey } from '../filled-database.ts'
import { quantile } from '../quantile.ts'

const callers = 16
const few = 100

interface Work {
  /** How often each caller does it in a round. */
  times: number
  once: (database: FilledDatabase, accountId: string) => Promise<unknown>
}

/** All that a token costs the database when no memory helps. */
const token: Work = {
  times: 50,
  async once(database, accountId) {
    const { generation, mac } = await findCredentialsInForce(database, accountId)
    const { token } = await findStanding(database.db, { accountId, generation, scopeKey })
    await database.handOut({ accountId, generation, mac, fingerprint: token?.fingerprint ?? '' })
  },
}
/** A service that reads the feed from some point on. */
const feed: Work = {
  times: 20,
  async once(database) {
    const { db, accounts } = database
    await numberInstallationEvents(db)
    await listInstallationEvents(database, 'all', { after: Math.floor(Math.random() * accounts.length), limit: 100 })
  },
}
/** A whole page of the list of accounts, each with its state. */
const list: Work = {
  times: 20,
  async once(database) {
    const { db, pageStarts } = database
    const after = pageStarts[Math.floor(Math.random() * pageStarts.length)]
    const page = (await listAccounts(database, 'all', { after, limit: 51 })).slice(0, 50)
    await findTrackunitTroubles(db, page)
    const { length } = await findAccounts(db, page)
    if (length < 50) throw new Error(`the page has ${length} accounts instead of 50`)
  },
}

/** What a token costs the database among 100,000 installations and among few. */
export const manyInstallations = () =>
  among(100_000, (many, reference) =>
    [0.5, 0.99].map((share) => ({
      id: `many-installations-p${share * 100}`,
      name: `a token’s statements, ${callers} callers, 100,000 installations against ${few}: p${share * 100}`,
      ...row(token, share, { many, reference, goal: share === 0.5 ? 1.15 : 1.5 }),
    })),
  )

/** The same, the feed and the list among 1,000,000. */
export const millionAccounts = () =>
  among(1_000_000, (many, reference) =>
    Object.entries({ token, feed, list }).flatMap(([name, work]) =>
      [0.5, 0.99].map((share) => ({
        id: `million-accounts-${name}-p${share * 100}`,
        name: `the statements of a ${name}, ${callers} callers, 1,000,000 accounts against ${few}: p${share * 100}`,
        ...row(work, share, { many, reference, goal: share === 0.5 ? 1.2 : 1.5 }),
      })),
    ),
  )

async function among(
  count: number,
  comparisonsOf: (many: FilledDatabase, reference: FilledDatabase) => Comparison[],
): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const reference = await fillDatabase(few)
  const many = await fillDatabase(count)
  return {
    comparisons: comparisonsOf(many, reference),
    async [Symbol.asyncDispose]() {
      await reference[Symbol.asyncDispose]()
      await many[Symbol.asyncDispose]()
    },
  }
}

function row(
  work: Work,
  share: number,
  { many, reference, goal }: { many: FilledDatabase; reference: FilledDatabase; goal: number },
): Omit<Comparison, 'id' | 'name'> {
  const of = (database: FilledDatabase, name: string) => ({
    name,
    warmUp: async () => void (await timesOf(database, work, share)),
    measure: () => timesOf(database, work, share),
  })
  return {
    unit: 'ms',
    goal,
    better: 'less',
    rounds: 10,
    subject: of(many, 'many accounts'),
    reference: of(reference, `${few} accounts`),
  }
}

async function timesOf(database: FilledDatabase, work: Work, share: number): Promise<Measured> {
  const { accounts } = database
  const tookMs: number[] = []
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let call = 0; call < work.times; call++) {
        const startedAtMs = performance.now()
        await work.once(database, accounts[Math.floor(Math.random() * accounts.length)] ?? '')
        tookMs.push(performance.now() - startedAtMs)
      }
    }),
  )
  return { value: quantile(tookMs, share) }
}
