import type { Caller } from '../access/caller.ts'
import { dayMs } from '../clock.ts'
import type { schedules } from './schedule-table.ts'

/** A user's schedule ends when they have been away for this long: they may have left, or lost their rights. */
export const awayMs = 90 * dayMs
export const noticeMs = 14 * dayMs

type Row = typeof schedules.$inferSelect

/** When a schedule that this caller creates now ends. A service's never does: its rights are checked at each start. */
export function endOf({ kind }: Pick<Caller, 'kind'>, now: Date): Pick<Row, 'endsAt' | 'noticeDueAt'> {
  if (kind === 'service') return { endsAt: null, noticeDueAt: null }
  const endsAtMs = now.getTime() + awayMs
  return { endsAt: new Date(endsAtMs), noticeDueAt: new Date(endsAtMs - noticeMs) }
}

export const isAuthorAway = ({ createdBy, endsAt }: Pick<Row, 'createdBy' | 'endsAt'>, now: Date): boolean =>
  createdBy.kind === 'user' && (endsAt === null || endsAt <= now)
