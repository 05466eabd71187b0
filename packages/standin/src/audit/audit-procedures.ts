import { procedures } from '@standin/contracts'
import type { Database } from '../database/database.ts'
import type { Contracted } from '../http/trpc.ts'
import { StandinError } from '../standin-error.ts'
import { listAudit } from './audit-store.ts'

export function createAuditProcedures({ contracted, db }: { contracted: Contracted; db: Database }) {
  return {
    list: contracted
      .call(procedures.audit.list)
      .query(
        async ({
          ctx: { accountId },
          input: { from, to, actorId, actorKinds, kinds, changesOfRun, cursor, limit },
        }) => {
          const found = await listAudit(db, {
            ...{ accountId, actorId, actorKinds, kinds, changesOfRun },
            from: from === undefined ? undefined : new Date(from),
            to: to === undefined ? undefined : new Date(to),
            beforeId: cursor === undefined ? undefined : idOf(cursor),
            limit: limit + 1,
          })
          const entries = found.slice(0, limit)
          return { entries, nextCursor: found.length > limit ? (entries.at(-1)?.id ?? null) : null }
        },
      ),
  }
}

/** A cursor is the id of the last entry of the page before. */
function idOf(cursor: string): number {
  if (!/^[1-9]\d{0,14}$/.test(cursor))
    throw new StandinError('INPUT_INVALID', { detail: 'This is no cursor of a page.' })
  return Number(cursor)
}
