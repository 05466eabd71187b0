import {
  createCsvArtifact,
  createXlsxArtifact,
  defineAction,
  type KnownMachine,
  type Message,
  machineFilterInput,
  type PartContext,
  type RunContext,
  StandinError,
  textOf,
  together,
} from 'standin'
import { createNews, listingSchema, listMachines, machineOfRow, newListing } from 'standin/fleet'
import { z } from 'zod'
import {
  type AssetEvent,
  type Criticality,
  criticalities,
  dismiss,
  type EventKind,
  eventKinds,
  isDismissed,
  logPath,
  minutesForRequests,
  readLog,
} from './events/asset-events.ts'
import { eventMessages } from './events/event-messages.ts'

const { say, catalogue } = eventMessages

const columns = [
  { key: 'kind', title: say('event'), kind: 'text', filterable: true },
  { key: 'grade', title: say('severity'), kind: 'text', filterable: true },
  { key: 'openedAt', title: say('opened'), kind: 'moment' },
  { key: 'site', title: say('site'), kind: 'text', filterable: true },
  { key: 'name', title: say('name'), kind: 'text' },
  { key: 'serialNumber', title: say('serialNumber'), kind: 'text' },
  { key: 'machineId', title: say('trackunitId'), kind: 'text' },
  { key: 'eventId', title: say('eventId'), kind: 'text' },
] as const
const appliedColumns = [{ key: 'outcome', title: say('outcome'), kind: 'text', filterable: true } as const, ...columns]

const labels = (field: 'kinds' | 'criticalities', choices: ReadonlyArray<EventKind | Criticality>) =>
  Object.fromEntries(choices.map((choice) => [choice, textOf(say(`input.${field}.${choice}` as 'input.kinds.ALERT'))]))

const inputSchema = z.object({
  olderThanDays: z.int().min(1).max(730).default(90).meta({
    title: 'Older than',
    description: 'Counted from the day the event was opened.',
    unit: 'days',
  }),
  kinds: z
    .array(z.enum(eventKinds))
    .min(1)
    .default(['ALERT', 'MACHINE_FAULT', 'INSPECTION', 'PRE_CHECK'])
    .meta({ title: 'Kinds of event', 'x-labels': labels('kinds', eventKinds) }),
  criticalities: z
    .array(z.enum(criticalities))
    .min(1)
    .default(['NONE', 'LOW'])
    .meta({
      title: 'Severity',
      description: 'Critical events are left alone unless you tick them.',
      'x-labels': labels('criticalities', criticalities),
    }),
  machines: machineFilterInput,
  lookBackDays: z.int().min(2).max(1_460).default(365).meta({
    title: 'Look back',
    description: 'Older events are left alone. Trackunit does not say how far back its list goes.',
    unit: 'days',
  }),
})
type Context = RunContext<z.output<typeof inputSchema>>
type ByKind = ReadonlyMap<EventKind | 'other', number>
type Part = PartContext<z.output<typeof inputSchema>>

/** How far the list is: a page is one of two requests per half hour, so no page is read twice. */
const previewSchema = z.object({
  phase: z.enum(['machines', 'events', 'files', 'ready']),
  listing: listingSchema.optional(),
  fromTime: z.string(),
  toTime: z.string(),
  page: z.number(),
  requests: z.number(),
  /** How many events are on the complete list. */
  found: z.number(),
})
const appliedSchema = z.object({ done: z.number(), dismissed: z.number(), refused: z.number(), inVain: z.number() })

const keptEvery = 25
/** After so many refusals in a row the cause is not a single event. */
const patience = 10

export const clearStaleEvents = defineAction({
  id: 'clear-stale-events',
  title: 'Clear stale events',
  description:
    'Dismisses old events that are still open, so that the event list shows what matters. You see every event before anything changes.',
  input: inputSchema,
  scopes: ['asset.view', 'account.event.manage'],
  changesData: true,
  readingPosts: [logPath],
  // An estimate: one mutation, with what is written before and after it.
  secondsPerChange: 0.5,
  messages: catalogue,
  plan: textOf(say('plan')),
  run: (context) => (context.mode === 'preview' ? previewEvents(context) : dismissEvents(context)),
  leavePart: (context) => (context.mode === 'preview' ? leavePreview(context) : leaveDismissed(context)),
})

async function leavePreview(context: Part): Promise<void> {
  const { data: at } = previewSchema.safeParse(context.resumedFrom)
  if (at?.phase !== 'events' || at.page === 0) return
  const note = together([say('partOfLists', { lists: at.page }), say('nothingChanged')])
  await context.result.detail(note)
  await createCsvArtifact(context, { name: 'stale-events-part.csv', note })
}

/** Lists what a run that stopped halfway did change: the last changes are not in its checkpoint. */
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
      await result.rows([{ ...row, cells: { ...row.cells, outcome: say(outcomeOfChange[change]) } }])
    }
  const rest = total - tried.made - tried.unknown
  const note = together([
    say('someDismissed', { dismissed: tried.made, total }),
    ...(tried.unknown > 0 ? [say('outcomeUnknown', { count: tried.unknown })] : []),
    ...(rest > 0 ? [say('untouched', { count: rest })] : []),
  ])
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
      await step(say('listMachines'), () =>
        listMachines(context, { listing: at.listing ?? newListing(), keep: (listing) => goOn({ listing }) }),
      )
    }
    await goOn({ phase: 'events' })
  }

  if (at.phase === 'events') {
    await step(say('listEvents'), async () => {
      await result.columns(columns)
      const wanted = await wantedMachines(context)
      const news = createNews()
      for (let isLast = false; !isLast; ) {
        const page = await readLog(context, { body: questionOf(input, at), page: at.page })
        const events = page.content.filter((event) => wanted.isWanted(event.assetId) && isAskedFor(event, input, at))
        await result.rows(events.map((event) => toRow(event, wanted.find(event.assetId))))
        news.count(page.content.map(({ id }) => id))
        isLast = at.page + 1 >= page.totalPages || news.isEndless()
        if (at.page === 0 && page.totalPages > 1) await log(paceOf(page.totalPages))
        await progress({ done: at.page + 1, total: Math.max(page.totalPages, 1), message: say('listsRead') })
        await goOn({ page: at.page + 1, requests: at.requests + 1, phase: isLast ? 'files' : 'events' })
      }
    })
  }

  if (at.phase === 'files') {
    const { found, byKind } = await countEvents(context)
    await headline(
      found === 0 ? nothingOld(input) : together([say('wouldDismiss', { count: found }), say('nothingChangedYet')]),
    )
    await result.detail(detailOf({ found, byKind, requests: at.requests }))
    if (found > 0) {
      await step(say('makeFiles'), async () => {
        await createCsvArtifact(context, { name: 'stale-events.csv' })
        await createXlsxArtifact(context, { name: 'stale-events.xlsx' })
      })
    }
    await goOn({ phase: 'ready', found })
  }
}

/** Dismisses exactly the events that the preview listed, in its order. */
async function dismissEvents(context: Context): Promise<void> {
  const { preview, resumedFrom, signal, result, checkpoint, headline, step, progress, log } = context
  const listed = previewSchema.safeParse(preview?.checkpoint)
  if (!preview || listed.data?.phase !== 'ready') throw new StandinError('PREVIEW_REQUIRED')
  let at = resumedFrom ? appliedSchema.parse(resumedFrom) : { done: 0, dismissed: 0, refused: 0, inVain: 0 }
  const total = listed.data.found
  if (!resumedFrom) await checkpoint(at) // So that a run that stops after its first change can show it.

  await step(say('dismissEvents'), async () => {
    await result.columns(appliedColumns)
    let position = 0
    for await (const rows of preview.rows()) {
      for (const row of rows) {
        if (position++ < at.done) continue
        signal.throwIfAborted()
        const outcome = await dismissOne(context, row)
        await result.rows([{ ...row, cells: { ...row.cells, outcome: say(outcomes[outcome]) } }])
        at = { ...at, done: position, [outcome]: at[outcome] + 1, inVain: outcome === 'dismissed' ? 0 : at.inVain + 1 }
        if (at.inVain >= patience && at.dismissed === 0)
          throw new StandinError('TRACKUNIT_REFUSED', { detail: 'Trackunit refused each of the first events.' })
        await progress({ done: at.done, total, message: say('eventsDismissed') })
        if (at.done % keptEvery !== 0) continue
        await headline(sentenceOf(at, total))
        await checkpoint(at)
      }
    }
  })
  await headline(sentenceOf(at, total))
  if (at.refused > 0) await log(say('refused', { count: at.refused }))
  await checkpoint(at)
  if (total > 0) await createCsvArtifact(context, { name: 'dismissed-events.csv' })
}

const outcomes = { dismissed: 'dismissed', refused: 'notDismissed' } as const
const outcomeOfChange = { made: 'dismissed', 'not made': 'notDismissed', unknown: 'unknown' } as const

async function dismissOne(
  context: Context,
  {
    id: eventId,
    machine,
    cells,
  }: { id: string; machine: { id: string } | null; cells: Record<string, Message | number | null> },
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
    // A refused event does not stop the others; any other error does.
    if (error instanceof StandinError && error.reason === 'TRACKUNIT_REFUSED') return 'refused'
    throw error
  }
}

/** From the start of a day, in the account's time zone. */
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

/** Checks each event itself: dismissing cannot be undone, and Trackunit's filters are not documented. */
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

/** The machines by id, and which of them were chosen: Trackunit's list filters by site and group, not by type. */
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
    machine: machine ? machineOfRow(machine) : { id: assetId, name: 'Unknown machine', detail: null },
    cells: {
      kind: kind && say(`kind.${kind}`),
      grade: grade && say(`severity.${grade}`),
      ...{ openedAt: time?.toISOString() ?? null, machineId: assetId, eventId: id },
      site: machine?.site?.name ?? null,
      name: machine?.name ?? null,
      serialNumber: machine?.serialNumber ?? null,
    },
  }
}

/** Counts the rows, in which an event that came on two pages is once. */
async function countEvents({ result }: Context): Promise<{ found: number; byKind: ByKind }> {
  const byKind = new Map<EventKind | 'other', number>()
  let found = 0
  for await (const rows of (await result.read()).batches) {
    found += rows.length
    for (const { cells } of rows) {
      const kind =
        eventKinds.find(
          (kind) => cells.kind && typeof cells.kind !== 'number' && textOf(cells.kind) === textOf(say(`kind.${kind}`)),
        ) ?? 'other'
      byKind.set(kind, (byKind.get(kind) ?? 0) + 1)
    }
  }
  return { found, byKind }
}

/** Under Trackunit's limit. */
function paceOf(lists: number) {
  const minutes = minutesForRequests(lists)
  return say('pace', { lists, hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}

function detailOf({ found, byKind, requests }: { found: number; byKind: ByKind; requests: number }): Message {
  if (found === 0) return ''
  const kinds = [...byKind]
    .sort(([, left], [, right]) => right - left)
    .map(([kind, count]) => say('ofKind', { kind, count }))
  return together([...kinds, say('onlyThese'), say('cost', { requests })])
}

const nothingOld = ({ olderThanDays }: z.output<typeof inputSchema>) =>
  together([say('nothingOld', { days: olderThanDays }), say('nothingToDismiss')])

function sentenceOf({ done, dismissed }: { done: number; dismissed: number }, total: number) {
  if (total === 0) return say('nothingDismissed')
  if (done < total) return say('dismissedSoFar', { dismissed, total })
  return dismissed === total ? say('allDismissed', { count: total }) : say('someDismissed', { dismissed, total })
}
