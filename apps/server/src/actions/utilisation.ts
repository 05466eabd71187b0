import { createCsvArtifact, createXlsxArtifact, defineAction, machineFilterInput } from 'standin'
import { z } from 'zod'
import { counted, plural } from './machines/words.ts'
import { danishOfUsage } from './usage/danish-of-usage.ts'
import { longestStretchMs } from './usage/usage-of-machine.ts'
import {
  addMachine,
  daysCovered,
  type Grouping,
  idleShare,
  newWeeklyUsage,
  type Usage,
  type WeeklyUsage,
} from './usage/weekly-usage.ts'
import { fullWeeks } from './usage/weeks.ts'

const columns = [
  { key: 'name', title: 'Type or site', kind: 'text' },
  { key: 'week', title: 'Week', kind: 'text', filterable: true },
  { key: 'hours', title: 'Engine hours', kind: 'hours' },
  { key: 'idleHours', title: 'Idle hours', kind: 'hours' },
  { key: 'idleShare', title: 'Idle share', kind: 'percent' },
  { key: 'shareBefore', title: 'Week before', kind: 'percent' },
  { key: 'machines', title: 'Machines', kind: 'number' },
  { key: 'by', title: 'By', kind: 'text', filterable: true },
] as const

/** Below it, a week's column is shorter for want of readings, not of work: it says so. */
const daysOfWholeWeek = 5.5
const leastWeeksToDraw = 3

export const utilisation = defineAction({
  id: 'utilisation',
  title: 'Utilisation and idle',
  description:
    'Hours worked and hours idled per week, by type and by site, from the counters that fleet snapshots kept. Idle means that the engine runs and the machine does not work.',
  input: z.object({
    machines: machineFilterInput,
    weeks: z
      .int()
      .min(1)
      .max(26)
      .default(8)
      .meta({ title: 'How far back', description: 'Full weeks, Monday to Sunday.', unit: 'weeks' }),
  }),
  scopes: ['asset.view'],
  changesData: false,
  texts: { da: danishOfUsage },

  async run(context) {
    const { input, account, clock, machines, resumedFrom, result, checkpoint, headline, step, progress } = context
    if (resumedFrom === undefined) {
      const sums = newWeeklyUsage()
      const weeks = fullWeeks({ now: clock.now(), count: input.weeks, timeZone: account.timeZone ?? 'UTC' })
      let read = 0
      await step('Read the counters that were kept', async () => {
        const since = new Date(weeks.startsAt.getTime() - longestStretchMs)
        for await (const page of machines.history({ since, filter: input.machines })) {
          for (const machine of page) addMachine(sums, machine, weeks)
          read += page.length
          await progress({ done: read, total: null, message: 'machines with their counters' })
        }
      })
      await step('Sum up the weeks', async () => {
        await result.columns(columns)
        await result.rows(rowsOf(sums, weeks.labels))
        const chart = chartOf(sums, weeks.labels)
        if (chart) await result.chart(chart)
        await result.detail(detailOf(sums, { timeZone: account.timeZone }))
        await headline(sentence(sums, weeks.labels))
        await checkpoint({ phase: 'files' })
      })
      await progress({ done: read, total: read, message: 'machines with their counters' })
    }
    await step('Make the files', async () => {
      await createCsvArtifact(context, { name: 'utilisation.csv' })
      await checkpoint({ phase: 'files' })
      await createXlsxArtifact(context, { name: 'utilisation.xlsx' })
    })
  },
})

/** The newest week first, in it the types and then the sites, those with the most idle hours first. */
function rowsOf({ groups }: WeeklyUsage, labels: readonly string[]) {
  const groupings: Grouping[] = ['Type', 'Site']
  return labels
    .map((label, week) => ({ label, week }))
    .toReversed()
    .flatMap(({ label, week }) =>
      groupings.flatMap((by) =>
        [...groups[by]]
          .flatMap(([name, weeks]) => (weeks[week] ? [{ name, usage: weeks[week], before: weeks[week - 1] }] : []))
          .sort((left, right) => right.usage.idleHours - left.usage.idleHours || right.usage.hours - left.usage.hours)
          .map(({ name, usage, before }) => ({
            id: `${label} ${by} ${name}`,
            cells: {
              ...{ week: label, by, name },
              machines: usage.machines,
              hours: tenth(usage.hours),
              idleHours: usage.hoursWithIdle > 0 ? tenth(usage.idleHours) : null,
              idleShare: tenth(idleShare(usage)),
              shareBefore: tenth(idleShare(before)),
            },
          })),
      ),
    )
}

function chartOf({ all }: WeeklyUsage, labels: readonly string[]) {
  const known = labels.flatMap((_, week) => all[week] ?? [])
  if (known.length < leastWeeksToDraw) return undefined
  const unknownOf = (usage: Usage) => usage.hours - usage.hoursWithIdle
  const hasUnknown = known.some((usage) => unknownOf(usage) > 0.05)
  return {
    kind: 'stacked' as const,
    title: 'Engine hours per week',
    unit: 'hours' as const,
    series: [
      { key: 'work', label: 'At work' },
      { key: 'idle', label: 'Idle: engine on, no work' },
      ...(hasUnknown ? [{ key: 'unknown', label: 'Idle hours not known' }] : []),
    ],
    columns: labels.map((label, week) => {
      const usage = all[week]
      if (!usage) {
        const gap = { work: null, idle: null, ...(hasUnknown && { unknown: null }) }
        return { label, values: gap, note: 'no data' }
      }
      const values = {
        work: tenth(usage.hoursWithIdle - usage.idleHours),
        idle: tenth(usage.idleHours),
        ...(hasUnknown && { unknown: tenth(unknownOf(usage)) }),
      }
      return { label, values, note: noteOf(usage) }
    }),
    note: 'The percentage is the idle share.',
  }
}

function noteOf(usage: Usage): string | null {
  const days = daysCovered(usage)
  const share = idleShare(usage)
  const notes = [
    ...(share === null ? [] : [`${Math.round(share)}\u00a0%`]),
    ...(days < daysOfWholeWeek ? [`${plural(Math.round(days), 'day', 'days')} only`] : []),
  ]
  return notes.length > 0 ? notes.join(', ') : null
}

function sentence({ all, machines }: WeeklyUsage, labels: readonly string[]): string {
  const week = labels.findLastIndex((_, nth) => all[nth] !== undefined)
  const usage = all[week]
  if (machines === 0 || !usage)
    return 'There are no counters of full weeks to compare yet. Fleet snapshots, best daily, collect them.'
  const when = week === labels.length - 1 ? 'last week' : `in week ${labels[week]?.slice(1)}`
  const share = idleShare(usage)
  if (share === null)
    return `${plural(machines, 'machine', 'machines')} ran for ${counted(Math.round(usage.hours))} hours ${when}. Idle hours are not known.`
  return `Engines ran idle for ${Math.round(share)}\u00a0% of their hours ${when}: ${counted(Math.round(usage.idleHours))} of ${counted(Math.round(usage.hoursWithIdle))}.`
}

function detailOf(
  { machines, machinesWithReset, machinesWithGap }: WeeklyUsage,
  { timeZone }: { timeZone: string | null },
): string {
  if (machines === 0) return ''
  const of = (count: number) => (count === 1 ? 'One machine' : `${counted(count)} machines`)
  return [
    `Hours count in the week in which most of the time between two snapshots lies, and for the site where a machine is now. Weeks begin on Monday, ${timeZone ?? 'UTC'} time.`,
    ...(machinesWithReset > 0
      ? [
          `${of(machinesWithReset)} had a counter that was reset or jumped; what lies between those two readings is left out.`,
        ]
      : []),
    ...(machinesWithGap > 0
      ? [
          `${of(machinesWithGap)} worked while nothing was heard for more than eight days; those hours belong to no one week and are left out.`,
        ]
      : []),
  ].join(' ')
}

function tenth(value: number): number
function tenth(value: number | null): number | null
function tenth(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10
}
