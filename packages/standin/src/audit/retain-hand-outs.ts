import type { Database } from '../database/database.ts'
import { endOfMonth } from '../database/month-partitions.ts'
import type { Logger } from '../observability/logger.ts'
import type { Audit } from './audit.ts'
import { type ChainEndRow, setCheckpoint } from './chain-store.ts'
import { dropHandOutMonth, listEndsOfMonth, listHandOutMonths, listHandOutWriters } from './hand-out-store.ts'
import { markOfMonth, verifyChain } from './verify-audit.ts'

export interface RetainContext {
  db: Database
  audit: Pick<Audit, 'macs'>
  log: Pick<Logger, 'error' | 'info'>
}

/**
 * Drops the months of hand-outs that ended before `before`, each as a whole, and leaves a signed mark that it was due. Its
 * chains are verified first: if one is not what was signed, the month stays as evidence.
 * @returns how many hand-outs were dropped
 */
export async function retainHandOuts(ctx: RetainContext, before: Date): Promise<number> {
  let dropped = 0
  for (const month of await listHandOutMonths(ctx.db))
    if (endOfMonth(month) <= before) dropped += await dropVerified(ctx, month)
  return dropped
}

async function dropVerified(ctx: RetainContext, month: string): Promise<number> {
  const { macs } = ctx.audit
  const found = await listEndsOfMonth(ctx.db, month)
  const ends = new Map(found.map((end) => [end.writer, end]))
  let entries = 0
  for (const writer of new Set([...ends.keys(), ...(await listHandOutWriters(ctx.db, month))])) {
    const end = ends.get(writer)
    const chain = await verifyChain(ctx, { writer, end })
    entries += chain.entries
    const problem = end && !macs.isOfEnd('head', end) ? { type: 'end-changed', writer } : chain.problems[0]
    if (!problem) continue
    ctx.log.error({ month, problem }, 'audit entries are kept: one is not what was signed; see `audit verify`')
    return 0
  }
  return ctx.db.transaction(async (tx) => {
    // If another replica dropped it, or something was written, or someone is reading it, the next call decides.
    if (!sameEnds(found, await listEndsOfMonth(tx, month, { lock: true }))) return 0
    if (!(await dropHandOutMonth(tx, month))) return 0
    const mark = { writer: markOfMonth(month), seq: 0, mac: '', at: endOfMonth(month) }
    await setCheckpoint(tx, { ...mark, kid: macs.kid, signature: macs.ofEnd('checkpoint', mark) })
    return entries
  })
}

const sameEnds = (before: readonly ChainEndRow[], now: readonly ChainEndRow[]): boolean =>
  before.length === now.length &&
  before.every(({ writer, mac }, index) => now[index]?.writer === writer && now[index]?.mac === mac)
