import { procedures } from '@standin/contracts'
import type { Context } from '../context.ts'
import type { Contracted } from '../http/trpc.ts'
import { StandinError } from '../standin-error.ts'
import { countAudit, listAudit } from './activity-store.ts'

export function auditProcedures({ db }: Context, contracted: Contracted) {
  return {
    list: contracted
      .call(procedures.audit.list)
      .query(
        async ({
          ctx: { accountId },
          input: { from, to, actorId, actorKinds, kinds, changesOfRun, counted, cursor, limit },
        }) => {
          const query = {
            ...{ accountId, actorId, actorKinds, kinds, changesOfRun },
            from: from === undefined ? undefined : new Date(from),
            to: to === undefined ? undefined : new Date(to),
          }
          const beforeId = cursor === undefined ? undefined : idOf(cursor)
          const [found, total] = await Promise.all([
            listAudit(db, query, { beforeId, limit: limit + 1 }),
            counted ? countAudit(db, query) : null,
          ])
          const entries = found.slice(0, limit)
          return { entries, total, nextCursor: found.length > limit ? (entries.at(-1)?.id ?? null) : null }
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
