import { defineChange, type KnownMachine, machineFilterInput, type RunContext, textOf, together } from 'standin'
import { listingSchema, listMachines, machineOfRow, newListing } from 'standin/fleet'
import { z } from 'zod'
import {
  type AssetEvent,
  type Criticality,
  criticalities,
  dismiss,
  type EventKind,
  eventKinds,
  eventsOf,
  isDismissed,
  logPath,
  minutesForRequests,
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

export const clearStaleEvents = defineChange({
  id: 'clear-stale-events',
  title: 'Clear stale events',
  description: 'Dismisses old events that are still open, so that the event list shows what matters.',
  input: inputSchema,
  scopes: ['asset.view', 'account.event.manage'],
  steps: () => [say('listMachines'), say('listEvents')],
  readingPosts: [logPath],
  // An estimate: one mutation, with what is written before and after it.
  secondsPerChange: 0.5,
  messages: catalogue,
  plan: textOf(say('plan')),
  columns,
  files: { preview: 'stale-events', applied: 'dismissed-events' },
  words: {
    wouldChange: ({ count }) => say('wouldDismiss', { count }),
    nothingToChange: ({ input }) =>
      together([say('nothingOld', { days: input.olderThanDays }), say('nothingToDismiss')]),
    making: say('dismissEvents'),
    progress: say('eventsDismissed'),
    made: say('dismissed'),
    refused: say('notDismissed'),
    madeAll: ({ total }) => say('allDismissed', { count: total }),
    madeSome: ({ made, total }) => say('someDismissed', { dismissed: made, total }),
    madeSoFar: ({ made, total }) => say('dismissedSoFar', { dismissed: made, total }),
    madeNone: say('nothingDismissed'),
    refusals: ({ count }) => say('refused', { count }),
    outcomesUnknown: ({ count }) => say('outcomeUnknown', { count }),
    untouched: ({ count }) => say('untouched', { count }),
  },
  state: z.object({
    listing: listingSchema.optional(),
    /** The page of the log that comes next: each is one of two requests per half hour, so none is read twice. */
    logPage: z.number().default(0),
  }),

  async preview(context) {
    const { input, account, clock, machines, trackunit, state, save, durable, result, log, step, progress } = context
    const window = await durable('window', async () =>
      windowOf(input, { now: clock.now(), timeZone: account.timeZone ?? 'UTC' }),
    )
    await durable('machines', async () => {
      if (state.listing === undefined && (await hasMachines(machines))) return
      const listing = state.listing ?? newListing()
      await step(say('listMachines'), () => listMachines(context, { listing, keep: (listing) => save({ listing }) }))
    })
    await durable('events', () =>
      step(say('listEvents'), async () => {
        const wanted = await wantedMachines(context)
        const pages = trackunit.list(logPath, { body: questionOf(input, window), from: state.logPage })
        for await (const { items, next, totalPages } of pages) {
          const events = eventsOf(items).filter(
            (event) => wanted.isWanted(event.assetId) && isAskedFor(event, input, window),
          )
          await result.rows(events.map((event) => toRow(event, wanted.find(event.assetId))))
          if (next === 1 && totalPages > 1) await log(paceOf(totalPages))
          await progress({ done: next, total: Math.max(totalPages, 1), message: say('listsRead') })
          await save({ logPage: next })
        }
      }),
    )
    await result.detail(say('onlyThese'))
  },
  partOfPreview: ({ state: { logPage } }) => (logPage > 0 ? say('partOfLists', { lists: logPage }) : undefined),

  apply: (context, { id }) => dismiss(context, id),
  find: (context, { id, machine, cells: { openedAt } }) =>
    isDismissed(context, {
      eventId: id,
      assetId: machine?.id,
      openedAt: typeof openedAt === 'string' ? openedAt : null,
    }),
  describe: ({ id }) => `dismiss event ${id}`,
})

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
    fromTime,
    toTime,
    status: ['OPEN'],
    type: kinds,
    criticality: grades,
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
      openedAt: time?.toISOString() ?? null,
      machineId: assetId,
      eventId: id,
      site: machine?.site?.name ?? null,
      name: machine?.name ?? null,
      serialNumber: machine?.serialNumber ?? null,
    },
  }
}

/** Under Trackunit's limit. */
function paceOf(lists: number) {
  const minutes = minutesForRequests(lists)
  return say('pace', { lists, hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}
