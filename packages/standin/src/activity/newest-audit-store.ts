import type { ListedAuditEntry } from '@standin/contracts'
import { and, desc, eq, gte, lt, sql } from 'drizzle-orm'
import { auditEntries } from '../audit/audit-table.ts'
import { listHandOutMonths, listHandOutWriters } from '../audit/hand-out-store.ts'
import { handOutGroups, handOutKinds } from '../audit/hand-out-table.ts'
import type { Database } from '../database/database.ts'
import { endOfMonth, firstDayOf } from '../database/month-partitions.ts'
import { entryOfHandOut, entryOfRow } from './listed-entry.ts'
import type { Chain, Numbered } from './newest-first.ts'

/** An entry of any account, or of none. Tokens of one kind that left together are one. */
export interface NewestEntry extends Numbered {
  entry: ListedAuditEntry
  accountId: string | null
  times: number
}

interface Wanted {
  changes: boolean
  tokens: boolean
  to: Date | undefined
}

/** So many rows are read at once, by a primary key. */
const batch = 500

/** All that was recorded, as chains whose order is that of their primary keys: no index is kept for this list alone. */
export async function chainsOfAudit(db: Database, { changes, tokens, to }: Wanted): Promise<Chain<NewestEntry>[]> {
  const months = tokens ? await listHandOutMonths(db) : []
  const writers = await Promise.all(
    months
      .filter((month) => to === undefined || to >= new Date(firstDayOf(month)))
      .map(async (month) => (await listHandOutWriters(db, month)).map((writer) => tokensOf(db, { month, writer, to }))),
  )
  return [...(changes ? [changesOfAll(db, to)] : []), ...writers.flat()]
}

/** As far as dates go. */
const never = new Date(8.64e15)

function changesOfAll(db: Database, to: Date | undefined): Chain<NewestEntry> {
  const { id } = auditEntries
  return {
    name: 'changes',
    newestAt: to ?? never,
    async read(given) {
      const below = given ?? (to && (await firstAfter(to, firstFrom)))
      const rows = await db
        .select()
        .from(auditEntries)
        .where(below === undefined ? undefined : lt(id, below))
        .orderBy(desc(id))
        .limit(batch)
      return rows.map((row) => ({
        number: row.id,
        at: row.at,
        accountId: row.accountId,
        times: 1,
        entry: entryOfRow(row),
      }))
    },
  }

  async function firstFrom(number: number | 'last'): Promise<Numbered | undefined> {
    const query = db.select({ number: id, at: auditEntries.at }).from(auditEntries)
    const rows = await (number === 'last' ? query.orderBy(desc(id)) : query.where(gte(id, number)).orderBy(id)).limit(1)
    return rows[0]
  }
}

function tokensOf(
  db: Database,
  { month, writer, to }: { month: string; writer: string; to: Date | undefined },
): Chain<NewestEntry> {
  const { seq } = handOutGroups
  const ofChain = and(eq(handOutGroups.month, firstDayOf(month)), eq(handOutGroups.writer, writer))
  const end = endOfMonth(month)
  return {
    name: writer,
    newestAt: to && to < end ? to : end,
    async read(given) {
      const below = given ?? (to && to < end ? await firstAfter(to, firstFrom) : undefined)
      const rows = await db
        .select({ group: handOutGroups, kind: handOutKinds })
        .from(handOutGroups)
        .innerJoin(
          handOutKinds,
          and(
            eq(handOutKinds.month, handOutGroups.month),
            eq(handOutKinds.writer, handOutGroups.writer),
            eq(handOutKinds.no, handOutGroups.kind),
          ),
        )
        .where(and(ofChain, below === undefined ? undefined : lt(seq, below)))
        .orderBy(desc(seq))
        .limit(batch)
      return rows.map(({ group, kind }) => ({
        number: group.seq,
        at: group.at,
        accountId: kind.accountId,
        times: group.entries.length,
        entry: entryOfHandOut(kind, group),
      }))
    },
  }

  async function firstFrom(number: number | 'last'): Promise<Numbered | undefined> {
    const query = db.select({ number: seq, at: handOutGroups.at }).from(handOutGroups)
    const rows = await (number === 'last'
      ? query.where(ofChain).orderBy(desc(seq))
      : query.where(and(ofChain, gte(seq, number))).orderBy(sql`${seq}`)
    ).limit(1)
    return rows[0]
  }
}

/**
 * The number in a chain from which on all is later than a moment: found by halving, as no index has its moments.
 * @param firstFrom the first one from a number on, or the last of all
 */
export async function firstAfter(
  moment: Date,
  firstFrom: (number: number | 'last') => Promise<Numbered | undefined>,
): Promise<number | undefined> {
  const last = await firstFrom('last')
  if (!last || last.at <= moment) return undefined
  let [low, high] = [0, last.number]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const found = await firstFrom(middle)
    if (found && found.at <= moment) low = found.number + 1
    else high = middle
  }
  return high
}
