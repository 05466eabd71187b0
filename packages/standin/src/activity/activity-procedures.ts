import { type ListedAuditEntry, procedures } from '@standin/contracts'
import type { Caller } from '../access/caller.ts'
import type { Context } from '../context.ts'
import type { Contracted } from '../http/trpc.ts'
import { StandinError } from '../standin-error.ts'
import { type AuditPlace, countAudit, listAudit } from './activity-store.ts'

/** @param readableActions those of which a caller may read every run. Passed in, because actions are a higher layer. */
export function auditProcedures(
  { db }: Context,
  contracted: Contracted,
  { readableActions }: { readableActions: (caller: Caller, accountId: string) => ReadonlySet<string> },
) {
  return {
    list: contracted
      .call(procedures.audit.list)
      .query(
        async ({
          ctx: { accountId, caller },
          input: { from, to, actorId, actorKinds, kinds, changesOfRun, counted, cursor, limit },
        }) => {
          const query = { accountId, actorId, actorKinds, kinds, changesOfRun, from: asDate(from), to: asDate(to) }
          const before = cursor === undefined ? undefined : placeOf(cursor)
          const [found, total] = await Promise.all([
            listAudit(db, query, { before, limit: limit + 1 }),
            counted ? countAudit(db, query) : null,
          ])
          const readable = readableActions(caller, accountId)
          const last = found.length > limit ? found[limit - 1] : undefined
          return {
            entries: found.slice(0, limit).map(({ entry }) => shownEntry(entry, readable)),
            total,
            nextCursor: last ? cursorOf(last.place) : null,
          }
        },
      ),
  }
}

/** What a change is about was read from Trackunit: only those who may read it see more than that there was a change. */
function shownEntry(entry: ListedAuditEntry, readable: ReadonlySet<string>): ListedAuditEntry {
  if (!entry.event.startsWith('change.') || readable.has(String(entry.details.actionId))) return entry
  const { key: _, description: __, ...details } = entry.details
  return { ...entry, details }
}

const asDate = (text: string | undefined) => (text === undefined ? undefined : new Date(text))

/** A cursor is the place of the last entry of the previous page. */
const cursorOf = ({ at, writer, number }: AuditPlace) => [at.getTime(), number, ...(writer ? [writer] : [])].join('.')

function placeOf(cursor: string): AuditPlace {
  const [, ms, number, writer] = /^(\d{1,14})\.(\d{1,15})(?:\.([\w/-]{1,100}))?$/.exec(cursor) ?? []
  if (ms === undefined) throw new StandinError('INPUT_INVALID', { detail: 'This is not a cursor of this list.' })
  return { at: new Date(Number(ms)), number: Number(number), ...(writer !== undefined && { writer }) }
}
