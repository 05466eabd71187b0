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
  { key: 'type', title: say('type'), kind: 'text', filterable: true },
  { key: 'site', title: say('site'), kind: 'text', filterable: true },
  { key: 'week', title: say('week'), kind: 'text', filterable: true },
  { key: 'hours', title: say('engineHours'), kind: 'hours' },
  { key: 'idleHours', title: say('idleHours'), kind: 'hours' },
  { key: 'idleShare', title: say('idleShare'), kind: 'percent' },
  { key: 'shareBefore', title: say('weekBefore'), kind: 'percent' },
  { key: 'machines', title: say('machines'), kind: 'number' },
] as const

/** A week with readings for fewer days is partial, and so is one in which this part of the machines was not heard. */
const daysOfWholeWeek = 5.5
const partUnheard = 0.1
/** The worst ones: what is compared is read, not searched. */
const mostCompared = 30

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
  steps: () => [say('readCounters'), say('sumUp'), say('makeFiles')],
  messages: catalogue,

  async run(context) {
    const { input, account, clock, machines, durable, result, headline, step, progress } = context
    const hasHours = await durable('hours', async () => {
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
        await progress({ done: read, total: read, message: say('countersRead') })
      })
      const last = lastKnownWeek(sums)
      await step(say('sumUp'), async () => {
        if (last === undefined) {
          await result.offer({
            actionId: 'fleet-snapshot',
            recurrence: 'FREQ=DAILY;BYHOUR=5;BYMINUTE=0',
            title: say('offerSnapshot'),
            means: say('offerSnapshotMeans'),
          })
          return headline(say('noCounters'))
        }
        await result.columns(columns)
        await result.rows(rowsOf(sums, weeks.labels))
        const chart = chartOf(sums, { labels: weeks.labels, last, timeZone: account.timeZone })
        if (chart) await result.chart(chart)
        await result.detail(detailOf(sums, { labels: weeks.labels, last }))
        const figure = figureOf(sums, { labels: weeks.labels, last })
        if (figure) await result.figure(figure)
        await headline(sentence(sums, { labels: weeks.labels, last }))
      })
      return last !== undefined
    })
    if (!hasHours) return // A file without rows is of no use.
    await step(say('makeFiles'), async () => {
      await durable('csv', () => createCsvArtifact(context, { name: 'utilisation.csv' }))
      await durable('xlsx', () => createXlsxArtifact(context, { name: 'utilisation.xlsx' }))
    })
  },
})

/** The week that is compared: the last one of which anything is known. */
function lastKnownWeek({ all }: WeeklyUsage): number | undefined {
  const last = all.findLastIndex((usage) => usage !== undefined)
  return last < 0 ? undefined : last
}

interface Weeks {
  labels: readonly string[]
  /** The one that is compared. */
  last: number
}

/** The newest week first, in it those with the most idle hours first. Each hour is in one row alone. */
function rowsOf({ pairs }: WeeklyUsage, labels: readonly string[]) {
  return labels
    .map((label, week) => ({ label, week }))
    .toReversed()
    .flatMap(({ label, week }) =>
      [...pairs.values()]
        .flatMap(({ name, site, weeks }) =>
          weeks[week] ? [{ name, site, usage: weeks[week], before: weeks[week - 1] }] : [],
        )
        .sort((left, right) => right.usage.idleHours - left.usage.idleHours || right.usage.hours - left.usage.hours)
        .map(({ name, site, usage, before }) => ({
          id: `${label} ${textOf(name)} ${textOf(site)}`,
          // A week that has passed makes nothing new.
          about: `${textOf(name)} ${textOf(site)}`,
          cells: {
            type: name,
            site,
            week: weekNumber(label),
            machines: usage.machines,
            hours: tenth(usage.hours),
            idleHours: usage.hoursWithIdle > 0 ? tenth(usage.idleHours) : null,
            idleShare: tenth(idleShare(usage)),
            shareBefore: tenth(idleShare(before)),
          },
        })),
    )
}

/** Which type, and which site, idles most: what people act on. */
function chartOf(sums: WeeklyUsage, { labels, last, timeZone }: Weeks & { timeZone: string | null }) {
  const periods = labels.slice(0, last + 1).map((label, week) => ({
    label: weekNumber(label),
    isPartial: isPartial(sums, week),
  }))
  const rowsBy = (by: Grouping) =>
    [...sums.groups[by].values()]
      .map(({ name, weeks }) => ({
        label: name,
        detail: detailOfGroup(weeks[last]),
        values: periods.map((_, week) => tenth(idleShare(weeks[week]))),
      }))
      .filter(({ values }) => values.at(-1) !== null)
      .sort((left, right) => (right.values.at(-1) ?? 0) - (left.values.at(-1) ?? 0))
      .slice(0, mostCompared)
  const groupings = [
    { key: 'type', label: say('byType'), title: say('type'), rows: rowsBy('type') },
    { key: 'site', label: say('bySite'), title: say('site'), rows: rowsBy('site') },
  ]
  if (groupings.every(({ rows }) => rows.length === 0)) return undefined
  const partial = labels.slice(0, last + 1).filter((_, week) => isPartial(sums, week))
  return {
    kind: 'compared' as const,
    title: say('chartTitle'),
    unit: 'percent' as const,
    isMoreWorse: true,
    periods,
    groupings,
    partialNote:
      partial.length === 0
        ? null
        : together([
            say('partialWeeks', { count: partial.length, weeks: partial.map((label) => label.slice(1)).join(', ') }),
            ...(sums.machinesWithGap > 0 ? [say('gap', { count: sums.machinesWithGap })] : []),
            say('sharesOfTheRest'),
          ]),
    note: together([say('howCounted'), say('weeksBegin', { timeZone: timeZone ?? 'UTC' })]),
  }
}

function detailOfGroup(usage: Usage | undefined): Message | null {
  if (!usage || usage.hoursWithIdle === 0) return null
  return say('idleOfHours', { idle: Math.round(usage.idleHours), hours: Math.round(usage.hoursWithIdle) })
}

function isPartial({ all, unheard, machines }: WeeklyUsage, week: number): boolean {
  const usage = all[week]
  if (!usage) return false // A gap, and drawn as one.
  return daysCovered(usage) < daysOfWholeWeek || (unheard[week] ?? 0) > machines * partUnheard
}

/** The label of a week, such as `W47`. */
const weekNumber = (label: string) => say('weekNumber', { week: label.slice(1) })

function sentence({ all, machines }: WeeklyUsage, { labels, last }: Weeks): Message {
  const usage = all[last]
  if (!usage) return say('noCounters')
  const isLastWeek = last === labels.length - 1
  const week = labels[last]?.slice(1) ?? ''
  const share = idleShare(usage)
  if (share === null) {
    const hours = Math.round(usage.hours)
    const ran = isLastWeek ? say('ranLastWeek', { machines, hours }) : say('ranInWeek', { machines, hours, week })
    return together([ran, say('idleHoursUnknown')])
  }
  const idled = {
    percent: Math.round(share),
    idle: Math.round(usage.idleHours),
    hours: Math.round(usage.hoursWithIdle),
  }
  return isLastWeek ? say('ranIdleLastWeek', idled) : say('ranIdleInWeek', { ...idled, week })
}

function figureOf({ all }: WeeklyUsage, { labels, last }: Weeks) {
  const share = idleShare(all[last])
  if (share === null) return undefined
  const week = labels[last]?.slice(1) ?? ''
  const words = last === labels.length - 1 ? say('figureLastWeek') : say('figureInWeek', { week })
  return { value: Math.round(share), unit: 'percent' as const, words }
}

/** How it changed, and what is left out. */
function detailOf({ all, machinesWithReset }: WeeklyUsage, { labels, last }: Weeks): Message {
  const [share, before] = [idleShare(all[last]), idleShare(all[last - 1])]
  const points = share === null || before === null ? undefined : Math.round(share) - Math.round(before)
  const week = labels[last - 1]?.slice(1) ?? ''
  const direction = points === undefined || points === 0 ? 'same' : points > 0 ? 'up' : 'down'
  return together([
    ...(points === undefined ? [] : [say('change', { direction, points: Math.abs(points), week })]),
    ...(machinesWithReset > 0 ? [say('reset', { count: machinesWithReset })] : []),
  ])
}

function tenth(value: number): number
function tenth(value: number | null): number | null
function tenth(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10
}
