import type { Comparison } from '../compare.ts'
import { fillDatabase } from '../filled-database.ts'

const handOuts = 20_000
const callers = 64

/** How much the database and its log grow with every thousand tokens that leave. */
export async function diskOfHandOuts(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const database = await fillDatabase(100)
  const { sql, accounts, size, handOut } = database

  async function grow() {
    const written = async () => Number((await sql`select pg_current_wal_lsn() - '0/0'::pg_lsn as bytes`)[0]?.bytes)
    const signed = await sql`select account_id, mac from installations`
    const macs = new Map(signed.map(({ account_id, mac }) => [String(account_id), String(mac)]))
    const before = { disk: await size(), log: await written() }
    await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        const accountId = accounts[caller] ?? ''
        const token = { accountId, generation: 1, mac: macs.get(accountId) ?? '', fingerprint: `token ${caller}` }
        for (let nth = 0; nth < handOuts / callers; nth++) await handOut(token)
      }),
    )
    const log = (await written()) - before.log
    return { disk: (await size()) - before.disk, log }
  }
  const row = (of: 'disk' | 'log', what: string, goal: number): Comparison => ({
    id: `hand-outs-${of}`,
    name: `${what} of 1,000 hand-outs, ${callers} callers`,
    ...{ unit: 'kB', goal, better: 'less', rounds: 2 },
    subject: { name: 'recordHandOut', measure: async () => ({ value: (await grow())[of] / handOuts }) },
  })
  return {
    comparisons: [row('disk', 'disk', 100), row('log', 'write-ahead log', 100)],
    [Symbol.asyncDispose]: database[Symbol.asyncDispose],
  }
}
