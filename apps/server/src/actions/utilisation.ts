import {
  createCsvArtifact,
  createXlsxArtifact,
  defineAction,
  type Message,
  machineFilterInput,
  textOf,
  together,
} from 'standin'
import { z } from 'zod'
import { usageMessages } from './usage/usage-messages.ts'
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

const { say, catalogue } = usageMessages

const columns = [
  { key: 'name', title: say('typeOrSite'), kind: 'text' },
  { key: 'week', title: say('week'), kind: 'text', filterable: true },
  { key: 'hours', title: say('engineHours'), kind: 'hours' },
  { key: 'idleHours', title: say('idleHours'), kind: 'hours' },
  { key: 'idleShare', title: say('idleShare'), kind: 'percent' },
  { key: 'shareBefore', title: say('weekBefore'), kind: 'percent' },
  { key: 'machines', title: say('machines'), kind: 'number' },
  { key: 'by', title: say('by'), kind: 'text', filterable: true },
] as const

/** A week with readings for fewer days is marked: its column is short because readings are missing. */
const daysOfWholeWeek = 5.5
const leastWeeksToDraw = 3

export const utilisation = defineAction({
  id: 'utilisation',
  title: 'Utilisation and idle',
  description:
    'Working and idle hours per week, by type and by site, from the counters that the fleet snapshot keeps. Idle means that the engine runs while the machine does no work.',
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
  messages: catalogue,

  async run(context) {
    const { input, account, clock, machines, durable, result, headline, step, progress } = context
    await durable('hours', async () => {
      const sums = newWeeklyUsage()
      const weeks = fullWeeks({ now: clock.now(), count: input.weeks, timeZone: account.timeZone ?? 'UTC' })
      let read = 0
      await step(say('readCounters'), async () => {
        const since = new Date(weeks.startsAt.getTime() - longestStretchMs)
        for await (const page of machines.history({ since, filter: input.machines })) {
          for (const machine of page) addMachine(sums, machine, weeks)
          read += page.length
          await progress({ done: read, total: null, message: say('countersRead') })
        }
      })
      await step(say('sumUp'), async () => {
        await result.columns(columns)
        await result.rows(rowsOf(sums, weeks.labels))
        const chart = chartOf(sums, weeks.labels)
        if (chart) await result.chart(chart)
        await result.detail(detailOf(sums, { timeZone: account.timeZone }))
        await headline(sentence(sums, weeks.labels))
      })
      await progress({ done: read, total: read, message: say('countersRead') })
    })
    await step(say('makeFiles'), async () => {
      await durable('csv', () => createCsvArtifact(context, { name: 'utilisation.csv' }))
      await durable('xlsx', () => createXlsxArtifact(context, { name: 'utilisation.xlsx' }))
    })
  },
})

/** The newest week first, in it the types and then the sites, those with the most idle hours first. */
function rowsOf({ groups }: WeeklyUsage, labels: readonly string[]) {
  const groupings: Grouping[] = ['type', 'site']
  return labels
    .map((label, week) => ({ label, week }))
    .toReversed()
    .flatMap(({ label, week }) =>
      groupings.flatMap((by) =>
        [...groups[by]]
          .flatMap(([, { name, weeks }]) =>
            weeks[week] ? [{ name, usage: weeks[week], before: weeks[week - 1] }] : [],
          )
          .sort((left, right) => right.usage.idleHours - left.usage.idleHours || right.usage.hours - left.usage.hours)
          .map(({ name, usage, before }) => ({
            id: `${label} ${by} ${textOf(name)}`,
            cells: {
              ...{ week: weekNumber(label), by: say(by), name },
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
    title: say('chartTitle'),
    unit: 'hours' as const,
    column: 'week',
    series: [
      { key: 'work', label: say('atWork') },
      { key: 'idle', label: say('idle') },
      ...(hasUnknown ? [{ key: 'unknown', label: say('idleUnknown') }] : []),
    ],
    columns: labels.map((label, week) => {
      const usage = all[week]
      if (!usage) {
        const gap = { work: null, idle: null, ...(hasUnknown && { unknown: null }) }
        return { label: weekNumber(label), values: gap, note: say('noData') }
      }
      const values = {
        work: tenth(usage.hoursWithIdle - usage.idleHours),
        idle: tenth(usage.idleHours),
        ...(hasUnknown && { unknown: tenth(unknownOf(usage)) }),
      }
      return { label: weekNumber(label), values, note: noteOf(usage) }
    }),
    note: say('chartNote'),
  }
}

/** The label of a week, such as `W47`. */
const weekNumber = (label: string) => say('weekNumber', { week: label.slice(1) })

function noteOf(usage: Usage): Message | null {
  const days = daysCovered(usage)
  const share = idleShare(usage)
  const notes = [
    ...(share === null ? [] : [say('share', { percent: Math.round(share) })]),
    ...(days < daysOfWholeWeek ? [say('daysOnly', { days: Math.round(days) })] : []),
  ]
  return notes.length > 0 ? together(notes) : null
}

function sentence({ all, machines }: WeeklyUsage, labels: readonly string[]): Message {
  const nth = labels.findLastIndex((_, nth) => all[nth] !== undefined)
  const usage = all[nth]
  if (machines === 0 || !usage) return say('noCounters')
  const isLastWeek = nth === labels.length - 1
  const week = labels[nth]?.slice(1) ?? ''
  const share = idleShare(usage)
  if (share === null) {
    const hours = Math.round(usage.hours)
    const ran = isLastWeek ? say('ranLastWeek', { machines, hours }) : say('ranInWeek', { machines, hours, week })
    return together([ran, say('idleHoursUnknown')])
  }
  const idled = {
    ...{ percent: Math.round(share), idle: Math.round(usage.idleHours), hours: Math.round(usage.hoursWithIdle) },
  }
  return isLastWeek ? say('ranIdleLastWeek', idled) : say('ranIdleInWeek', { ...idled, week })
}

function detailOf(
  { machines, machinesWithReset, machinesWithGap }: WeeklyUsage,
  { timeZone }: { timeZone: string | null },
): Message {
  if (machines === 0) return ''
  return together([
    say('howCounted'),
    say('weeksBegin', { timeZone: timeZone ?? 'UTC' }),
    ...(machinesWithReset > 0 ? [say('reset', { count: machinesWithReset })] : []),
    ...(machinesWithGap > 0 ? [say('gap', { count: machinesWithGap })] : []),
  ])
}

function tenth(value: number): number
function tenth(value: number | null): number | null
function tenth(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10
}
