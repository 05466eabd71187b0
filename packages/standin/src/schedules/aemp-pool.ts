import { setImmediate as otherWork } from 'node:timers/promises'
import type { AnyAction } from '../actions/define-action.ts'
import { dayMs } from '../clock.ts'
import { StandinError } from '../standin-error.ts'
import { nextTimes } from './next-times.ts'
import type { ScheduleRow } from './schedule-store.ts'

/** How often Trackunit allows each page of the AEMP snapshot to be read in 30 days. Some reads are reserved for people. */
const poolPerMonth = 50
const forPeople = 5
const monthMs = 30 * dayMs

type Planned = Pick<ScheduleRow, 'accountId' | 'actionId' | 'input' | 'recurrence' | 'timeZone' | 'anchorAt'>

/**
 * Refuses a schedule that, with the others of its account, would read the AEMP snapshot more often than Trackunit
 * allows: it would fail on the last days of each month.
 * @throws StandinError `INPUT_INVALID`
 */
export async function checkAempPool(
  planned: Planned,
  {
    others,
    hasGraphql,
    now,
    findAction,
  }: {
    others: readonly Planned[]
    hasGraphql: boolean
    now: Date
    findAction: (actionId: string) => AnyAction | undefined
  },
): Promise<void> {
  const readsOf = (schedule: Planned) => {
    const action = findAction(schedule.actionId)
    const input = action?.input.safeParse(schedule.input)
    const perRun = input?.success ? (action?.limits?.aempReadsPerRun?.({ input: input.data, hasGraphql }) ?? 0) : 0
    return perRun === 0 ? 0 : perRun * runsInAMonth(schedule, now)
  }
  const own = readsOf(planned)
  if (own === 0) return
  let all = own
  for (const other of others) {
    all += readsOf(other)
    await otherWork() // Each may take milliseconds, in which the process does nothing else.
  }
  if (all <= poolPerMonth - forPeople) return
  throw new StandinError('INPUT_INVALID', {
    detail: `Trackunit allows the machine snapshot to be read ${poolPerMonth} times in 30 days; ${forPeople} of these are kept for people. With this schedule it would be read ${all} times. Choose a longer interval.`,
  })
}

function runsInAMonth(plan: Planned, now: Date): number {
  return nextTimes(plan, { after: now, before: new Date(now.getTime() + monthMs), count: poolPerMonth + 1 }).length
}
