import type { Comparison } from '../compare.ts'
import { fillDatabase } from '../filled-database.ts'

const handOuts = 20_000
const callers = 64

/** How much the database and its log grow with every thousand tokens that leave: of one account, and of 64 accounts in turn. */
export async function diskOfHandOuts(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const database = await fillDatabase(100)
  const { sql, accounts, size, handOut } = database

  async function grow(tokens: number) {
    const written = async () => Number((await sql`select pg_current_wal_lsn() - '0/0'::pg_lsn as bytes`)[0]?.bytes)
    const signed = await sql`select account_id, mac from installations`
    const macs = new Map(signed.map(({ account_id, mac }) => [String(account_id), String(mac)]))
    const before = { disk: await size(), log: await written() }
    await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        const accountId = accounts[caller % tokens] ?? ''
        const token = { accountId, generation: 1, mac: macs.get(accountId) ?? '', fingerprint: `of ${accountId}` }
        for (let nth = 0; nth < handOuts / callers; nth++) await handOut(token)
      }),
    )
    const log = (await written()) - before.log
    return { disk: (await size()) - before.disk, log }
  }
  const row = (tokens: number, of: 'disk' | 'log', goal: number): Comparison => ({
    id: `hand-outs-${of}-${tokens}`,
    name: `${of === 'disk' ? 'disk' : 'write-ahead log'} of 1,000 hand-outs, ${callers} callers of ${tokens === 1 ? 'one token' : 'a token each'}`,
    unit: 'kB',
    goal,
    better: 'less',
    rounds: 2,
    // Bytes of one are kilobytes of a thousand.
    subject: { name: 'recordHandOut', measure: async () => ({ value: (await grow(tokens))[of] / handOuts }) },
  })
  return {
    comparisons: [row(1, 'disk', 50), row(1, 'log', 50), row(callers, 'disk', 500), row(callers, 'log', 500)],
    [Symbol.asyncDispose]: database[Symbol.asyncDispose],
  }
}
