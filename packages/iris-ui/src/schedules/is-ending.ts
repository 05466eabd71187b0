import type { Schedule } from '@standin/client'

export type EndingSchedule = Schedule & { endsAt: string }

/** Whether it was announced that an active schedule ends, because its author has been away for long. */
export const isEnding = <Of extends Pick<Schedule, 'state' | 'reason' | 'endsAt'>>(
  schedule: Of,
): schedule is Of & { endsAt: string } =>
  schedule.state === 'active' && schedule.reason === 'AUTHOR_AWAY' && schedule.endsAt !== null
