import { procedures } from '@standin/contracts'
import type { Context } from '../context.ts'
import type { Contracted } from '../http/trpc.ts'
import { StandinError } from '../standin-error.ts'
import { type AuditPlace, countAudit, listAudit } from './activity-store.ts'

export function auditProcedures({ db }: Context, contracted: Contracted) {
  return {
    list: contracted
      .call(procedures.audit.list)
      .query(
        async ({
          ctx: { accountId },
          input: { from, to, actorId, actorKinds, kinds, changesOfRun, counted, cursor, limit },
        }) => {
          const query = { accountId, actorId, actorKinds, kinds, changesOfRun, from: asDate(from), to: asDate(to) }
          const before = cursor === undefined ? undefined : placeOf(cursor)
          const [found, total] = await Promise.all([
            listAudit(db, query, { before, limit: limit + 1 }),
            counted ? countAudit(db, query) : null,
          ])
          const last = found.length > limit ? found[limit - 1] : undefined
          return {
            entries: found.slice(0, limit).map(({ entry }) => entry),
            total,
            nextCursor: last ? cursorOf(last.place) : null,
          }
        },
      ),
  }
}

const asDate = (text: string | undefined) => (text === undefined ? undefined : new Date(text))

/** A cursor is the place of the last entry of the previous page. */
const cursorOf = ({ at, writer, number }: AuditPlace) => [at.getTime(), number, ...(writer ? [writer] : [])].join('.')

function placeOf(cursor: string): AuditPlace {
  const [, ms, number, writer] = /^(\d{1,14})\.(\d{1,15})(?:\.([\w/-]{1,100}))?$/.exec(cursor) ?? []
  if (ms === undefined) throw new StandinError('INPUT_INVALID', { detail: 'This is not a cursor of this list.' })
  return { at: new Date(Number(ms)), number: Number(number), ...(writer !== undefined && { writer }) }
}
