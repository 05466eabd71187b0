import { type Schedule, zoneName } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import type { Texts } from '../texts/en.ts'

interface Around {
  schedule: Pick<Schedule, 'timeZone'>
  nowMs: number
  texts: Texts
  formats: Formats
}

/** `tomorrow, 06:02` or `Mon 30 Nov, 06:02`, in the schedule's zone, and in the reader's zone if it differs. */
export function scheduleTimes(at: string, { schedule: { timeZone }, nowMs, texts, formats }: Around): string {
  const days = formats.fromNow(at, nowMs)
  const soon = [0, 1].map((day) => formats.fromNow(new Date(nowMs + day * 86_400_000).toISOString(), nowMs))
  const there = soon.includes(days) ? `${days}, ${formats.clockIn(at, timeZone)}` : formats.dayAndClock(at, timeZone)
  const here = formats.clock(at)
  if (here === formats.clockIn(at, timeZone)) return there
  return texts.schedules.both(there, zoneName(timeZone, texts.language), here)
}
