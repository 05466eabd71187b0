import {
  createCsvArtifact,
  createXlsxArtifact,
  defineAction,
  type KnownMachine,
  machineFilterInput,
  type PartContext,
  type RunContext,
  StandinError,
} from 'standin'
import { z } from 'zod'
import {
  type AssetEvent,
  type Criticality,
  criticalities,
  dismiss,
  type EventKind,
  eventKinds,
  isDismissed,
  minutesForRequests,
  readLog,
} from './events/asset-events.ts'
import { danishOfEvents } from './events/danish-of-events.ts'
import { listingSchema, listMachines, newListing } from './machines/list-machines.ts'
import { createNews } from './machines/news.ts'
import { countIn } from './machines/top-bars.ts'
import { counted, machineOfRow, plural } from './machines/words.ts'

const columns = [
  { key: 'kind', title: 'Event', kind: 'text', filterable: true },
  { key: 'grade', title: 'How serious', kind: 'text', filterable: true },
  { key: 'openedAt', title: 'Opened', kind: 'moment' },
  { key: 'site', title: 'Site', kind: 'text', filterable: true },
  { key: 'name', title: 'Name', kind: 'text' },
  { key: 'serialNumber', title: 'Serial number', kind: 'text' },
  { key: 'machineId', title: 'Trackunit id', kind: 'text' },
  { key: 'eventId', title: 'Event id', kind: 'text' },
] as const
const appliedColumns = [{ key: 'outcome', title: 'Outcome', kind: 'text', filterable: true } as const, ...columns]

const inputSchema = z.object({
  olderThanDays: z.int().min(1).max(730).default(90).meta({
    title: 'Older than',
    description: 'Counted from the day the event opened.',
    unit: 'days',
  }),
  kinds: z
    .array(z.enum(Object.keys(eventKinds) as [EventKind, ...EventKind[]]))
    .min(1)
    .default(['ALERT', 'MACHINE_FAULT', 'INSPECTION', 'PRE_CHECK'])
    .meta({ title: 'Kinds of event' }),
  criticalities: z
    .array(z.enum(Object.keys(criticalities) as [Criticality, ...Criticality[]]))
    .min(1)
    .default(['NONE', 'LOW'])
    .meta({ title: 'How serious', description: 'Critical events are left alone unless you tick them.' }),
  machines: machineFilterInput,
  lookBackDays: z.int().min(2).max(1_460).default(365).meta({
    title: 'Opened at most',
    description: 'That long ago. Trackunit does not say how far back its list of events may be read.',
    unit: 'days',
  }),
})
type Context = RunContext<z.output<typeof inputSchema>>
type Part = PartContext<z.output<typeof inputSchema>>

/** Where the list is: a page is one of two requests in half an hour, so none is read twice. */
const previewSchema = z.object({
  phase: z.enum(['machines', 'events', 'files', 'ready']),
  listing: listingSchema.optional(),
  fromTime: z.string(),
  toTime: z.string(),
  page: z.number(),
  requests: z.number(),
  /** Once the list is whole: how many events are on it. */
  found: z.number(),
})
const appliedSchema = z.object({ done: z.number(), dismissed: z.number(), refused: z.number(), inVain: z.number() })

const keptEvery = 25
/** So many in a row that Trackunit refuses, or knows nothing of, and it is not about one event. */
const patience = 10

export const clearStaleEvents = defineAction({
  id: 'clear-stale-events',
  title: 'Clear stale events',
  description:
    'Dismisses old events that nobody closed, so that the event list shows what matters. You see every event before anything changes.',
  input: inputSchema,
  scopes: ['asset.view', 'account.event.manage'],
  changesData: true,
  // Measured nowhere: the answer of one mutation, with what is written before and after it.
  secondsPerChange: 0.5,
  texts: { da: danishOfEvents },
  plan: 'the right of apps to dismiss events',
  run: (context) => (context.mode === 'preview' ? previewEvents(context) : dismissEvents(context)),
  leavePart: (context) => (context.mode === 'preview' ? leavePreview(context) : leaveDismissed(context)),
})

async function leavePreview(context: Part): Promise<void> {
  const { data: at } = previewSchema.safeParse(context.resumedFrom)
  if (at?.phase !== 'events' || at.page === 0) return
  const note = `${plural(at.page, 'list', 'lists')} of events read, not all of them. Nothing has changed.`
  await context.result.detail(note)
  await createCsvArtifact(context, { name: 'stale-events-part.csv', note })
}

/** Which events are gone must be known, also of a run that came half-way: a checkpoint does not know the last of them. */
async function leaveDismissed(context: Part): Promise<void> {
  const { preview, result, headline } = context
  const total = previewSchema.safeParse(preview?.checkpoint).data?.found
  const changes = await context.changes()
  if (!preview || total === undefined || changes.size === 0) return
  const tried = { made: 0, 'not made': 0, unknown: 0 }
  await result.columns(appliedColumns)
  for await (const rows of preview.rows())
    for (const row of rows) {
      const change = changes.get(row.id)
      if (!change) continue
      tried[change]++
      await result.rows([{ ...row, cells: { ...row.cells, outcome: outcomeOfChange[change] } }])
    }
  const rest = total - tried.made - tried.unknown
  const note = [
    `${counted(tried.made)} of ${plural(total, 'event', 'events')} dismissed, and stay so.`,
    ...(tried.unknown > 0 ? [`Of ${plural(tried.unknown, 'event', 'events')} nobody knows: look in Trackunit.`] : []),
    ...(rest > 0 ? [`The other ${counted(rest)} are untouched.`] : []),
  ].join(' ')
  await headline(sentenceOf({ done: tried.made + tried['not made'] + tried.unknown, dismissed: tried.made }, total))
  await result.detail(note)
  await createCsvArtifact(context, { name: 'dismissed-events-part.csv', note })
}

async function previewEvents(context: Context): Promise<void> {
  const { input, account, clock, machines, resumedFrom, result, checkpoint, headline, log, step, progress } = context
  let at: z.infer<typeof previewSchema> = resumedFrom
    ? previewSchema.parse(resumedFrom)
    : {
        ...windowOf(input, { now: clock.now(), timeZone: account.timeZone ?? 'UTC' }),
        ...{ phase: 'machines', page: 0, requests: 0, found: 0 },
      }
  const goOn = async (change: Partial<typeof at>) => {
    at = { ...at, ...change }
    await checkpoint(at)
  }

  if (at.phase === 'machines') {
    const isKnown = at.listing === undefined && (await hasMachines(machines))
    if (!isKnown) {
      await step('List machines', () =>
        listMachines(context, { listing: at.listing ?? newListing(), keep: (listing) => goOn({ listing }) }),
      )
    }
    await goOn({ phase: 'events' })
  }

  if (at.phase === 'events') {
    await step('List old events', async () => {
      await result.columns(columns)
      const wanted = await wantedMachines(context)
      const news = createNews()
      for (let isLast = false; !isLast; ) {
        const page = await readLog(context, { body: questionOf(input, at), page: at.page })
        const events = page.content.filter((event) => wanted.isWanted(event.assetId) && isAskedFor(event, input, at))
        await result.rows(events.map((event) => toRow(event, wanted.find(event.assetId))))
        news.count(page.content.map(({ id }) => id))
        isLast = at.page + 1 >= page.totalPages || news.isEndless()
        if (at.page === 0 && page.totalPages > 1) await log(paceInWords(page.totalPages))
        await progress({ done: at.page + 1, total: Math.max(page.totalPages, 1), message: 'lists of events read' })
        await goOn({ page: at.page + 1, requests: at.requests + 1, phase: isLast ? 'files' : 'events' })
      }
    })
  }

  if (at.phase === 'files') {
    const { found, byKind } = await countEvents(context)
    await headline(
      found === 0
        ? nothingOld(input)
        : `${plural(found, 'event', 'events')} would be dismissed. Nothing has changed yet.`,
    )
    await result.detail(detailOf({ found, byKind, requests: at.requests }))
    if (found > 0) {
      await step('Make the files', async () => {
        await createCsvArtifact(context, { name: 'stale-events.csv' })
        await createXlsxArtifact(context, { name: 'stale-events.xlsx' })
      })
    }
    await goOn({ phase: 'ready', found })
  }
}

/** Dismisses exactly what the preview listed, in its order, whatever has come since. */
async function dismissEvents(context: Context): Promise<void> {
  const { preview, resumedFrom, signal, result, checkpoint, headline, step, progress, log } = context
  const listed = previewSchema.safeParse(preview?.checkpoint)
  if (!preview || listed.data?.phase !== 'ready') throw new StandinError('PREVIEW_REQUIRED')
  let at = resumedFrom ? appliedSchema.parse(resumedFrom) : { done: 0, dismissed: 0, refused: 0, inVain: 0 }
  const total = listed.data.found
  if (!resumedFrom) await checkpoint(at) // From the first change on there is something to show.

  await step('Dismiss events', async () => {
    await result.columns(appliedColumns)
    let position = 0
    for await (const rows of preview.rows()) {
      for (const row of rows) {
        if (position++ < at.done) continue
        signal.throwIfAborted()
        const outcome = await dismissOne(context, row)
        await result.rows([{ ...row, cells: { ...row.cells, outcome: outcomes[outcome] } }])
        at = { ...at, done: position, [outcome]: at[outcome] + 1, inVain: outcome === 'dismissed' ? 0 : at.inVain + 1 }
        if (at.inVain >= patience && at.dismissed === 0)
          throw new StandinError('TRACKUNIT_REFUSED', { detail: 'It takes none of the first events.' })
        await progress({ done: at.done, total, message: 'events dismissed' })
        if (at.done % keptEvery !== 0) continue
        await headline(sentenceOf(at, total))
        await checkpoint(at)
      }
    }
  })
  await headline(sentenceOf(at, total))
  if (at.refused > 0)
    await log(`Trackunit did not dismiss ${plural(at.refused, 'event', 'events')}; the list says which.`)
  await checkpoint(at)
  if (total > 0) await createCsvArtifact(context, { name: 'dismissed-events.csv' })
}

const outcomes = { dismissed: 'Dismissed', refused: 'Not dismissed' } as const
const outcomeOfChange = { made: outcomes.dismissed, 'not made': outcomes.refused, unknown: 'Not known' } as const

async function dismissOne(
  context: Context,
  {
    id: eventId,
    machine,
    cells,
  }: { id: string; machine: { id: string } | null; cells: Record<string, string | number | null> },
): Promise<keyof typeof outcomes> {
  const openedAt = typeof cells.openedAt === 'string' ? cells.openedAt : null
  try {
    await context.effect({
      key: eventId,
      describe: `dismiss event ${eventId}`,
      async do() {
        await dismiss(context, eventId)
        return true
      },
      find: async () => ((await isDismissed(context, { eventId, assetId: machine?.id, openedAt })) ? true : undefined),
    })
    return 'dismissed'
  } catch (error) {
    // One that Trackunit refuses does not cost the others; what keeps it from answering at all does.
    if (error instanceof StandinError && error.reason === 'TRACKUNIT_REFUSED') return 'refused'
    throw error
  }
}

/** From the start of the day so many days ago, as the account's people count days. */
function windowOf(
  { olderThanDays, lookBackDays }: z.output<typeof inputSchema>,
  { now, timeZone }: { now: Date; timeZone: string },
): { fromTime: string; toTime: string } {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).startOfDay()
  const daysAgo = (days: number) => today.subtract({ days }).toInstant().toString({ fractionalSecondDigits: 3 })
  return { fromTime: daysAgo(Math.max(lookBackDays, olderThanDays + 1)), toTime: daysAgo(olderThanDays) }
}

function questionOf(
  { kinds, criticalities: grades, machines: { siteIds, groupIds } }: z.output<typeof inputSchema>,
  { fromTime, toTime }: { fromTime: string; toTime: string },
) {
  return {
    ...{ fromTime, toTime, status: ['OPEN'], type: kinds, criticality: grades },
    ...(siteIds && { siteIds }),
    ...(groupIds && { groupIds }),
  }
}

/** What cannot be taken back is not left to filters whose names nobody documents: what an event says of itself must fit. */
function isAskedFor(
  { status, type, criticality, time }: AssetEvent,
  { kinds, criticalities: grades }: z.output<typeof inputSchema>,
  { fromTime, toTime }: { fromTime: string; toTime: string },
): boolean {
  if ((status ?? 'OPEN') !== 'OPEN') return false
  if (type !== null && !kinds.some((kind) => kind === type)) return false
  if (criticality !== null && !grades.some((grade) => grade === criticality)) return false
  return time === null || (time >= new Date(fromTime) && time < new Date(toTime))
}

async function hasMachines(machines: Context['machines']): Promise<boolean> {
  for await (const page of machines.list()) return page.length > 0
  return false
}

/** Names of the machines, and which of them are meant: Trackunit's list filters by site and group, not by type. */
async function wantedMachines({ machines, input }: Context) {
  const { types } = input.machines
  const known = new Map<string, Pick<KnownMachine, 'id' | 'name' | 'brand' | 'model' | 'serialNumber' | 'site'>>()
  for await (const page of machines.list(types ? { filter: { types } } : {})) {
    for (const { id, name, brand, model, serialNumber, site } of page)
      known.set(id, { id, name, brand, model, serialNumber, site })
  }
  return {
    find: (id: string) => known.get(id),
    isWanted: (id: string) => types === undefined || known.has(id),
  }
}

type Named = ReturnType<Awaited<ReturnType<typeof wantedMachines>>['find']>

function toRow({ id, assetId, kind, grade, time }: AssetEvent, machine: Named) {
  return {
    id,
    machine: machine ? machineOfRow(machine) : { id: assetId, name: 'A machine that we have not seen', detail: null },
    cells: {
      ...{ kind, grade, openedAt: time?.toISOString() ?? null, machineId: assetId, eventId: id },
      site: machine?.site?.name ?? null,
      name: machine?.name ?? null,
      serialNumber: machine?.serialNumber ?? null,
    },
  }
}

/** Of the rows, in which an event that came on two pages is once. */
async function countEvents({ result }: Context): Promise<{ found: number; byKind: ReadonlyMap<string, number> }> {
  const byKind = new Map<string, number>()
  let found = 0
  for await (const rows of (await result.read()).batches) {
    found += rows.length
    for (const { cells } of rows) countIn(byKind, String(cells.kind ?? 'Event'))
  }
  return { found, byKind }
}

const paceInWords = (requests: number) =>
  `${counted(requests)} lists to read, and Trackunit allows two per half hour: about ${inWords(minutesForRequests(requests))}.`

function detailOf({
  found,
  byKind,
  requests,
}: {
  found: number
  byKind: ReadonlyMap<string, number>
  requests: number
}): string {
  if (found === 0) return ''
  const kinds = [...byKind]
    .sort(([, left], [, right]) => right - left)
    .map(([kind, count]) => `${kind}: ${counted(count)}`)
  return [
    `${kinds.join(', ')}.`,
    'Exactly these are dismissed, nothing that comes in later.',
    requests > 1
      ? `Making this list took ${plural(requests, 'request', 'requests')}, of which Trackunit allows two per half hour: about ${inWords(minutesForRequests(requests))}.`
      : 'Making this list took one request, of which Trackunit allows two per half hour.',
  ].join(' ')
}

function inWords(minutes: number): string {
  if (minutes < 60) return minutes === 0 ? 'a minute' : plural(minutes, 'minute', 'minutes')
  const hours = `${plural(Math.floor(minutes / 60), 'hour', 'hours')}`
  return minutes % 60 === 0 ? hours : `${hours} and ${plural(minutes % 60, 'minute', 'minutes')}`
}

const nothingOld = ({ olderThanDays }: z.output<typeof inputSchema>) =>
  `No open events are older than ${plural(olderThanDays, 'day', 'days')}. There is nothing to dismiss.`

function sentenceOf({ done, dismissed }: { done: number; dismissed: number }, total: number): string {
  if (total === 0) return 'There was nothing to dismiss.'
  if (done < total) return `${counted(dismissed)} of ${plural(total, 'event', 'events')} dismissed so far.`
  return dismissed === total
    ? `${plural(dismissed, 'event', 'events')} dismissed.`
    : `${counted(dismissed)} of ${plural(total, 'event', 'events')} dismissed.`
}
