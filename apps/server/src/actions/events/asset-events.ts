import { type RunContext, StandinError } from 'standin'
import { answered } from 'standin/fleet'
import { z } from 'zod'

const { id, itemsOf, moment, text } = answered

/** Documented: two requests in 30 minutes, pages of at most 1,000. */
export const logPath = '/public/api/eventlog/v3/asset-event/log'
const logPageSize = 1_000
const requestsPerWindow = 2
const windowMinutes = 30

export const eventKinds = [
  ...(['ALERT', 'MACHINE_FAULT', 'INSPECTION', 'PRE_CHECK'] as const),
  ...(['DAMAGE_REPORT', 'CLASSIC_SERVICE', 'SERVICE_MANAGEMENT'] as const),
] as const
export const criticalities = ['NONE', 'LOW', 'CRITICAL'] as const

export type EventKind = (typeof eventKinds)[number]
export type Criticality = (typeof criticalities)[number]

/** Seen: `id`, `assetId`, `status`. The other names are a guess; without them the request's filters must suffice. */
const eventSchema = z
  .object({ id, assetId: id, status: text, type: text, criticality: text, time: moment })
  .transform((event) => ({
    ...event,
    kind: eventKinds.find((kind) => kind === event.type) ?? null,
    grade: criticalities.find((grade) => grade === event.criticality) ?? null,
  }))
export type AssetEvent = z.infer<typeof eventSchema>

const pageSchema = z.object({ content: itemsOf(eventSchema) })

/** The events of a page of the log; what cannot be read is left out. */
export const eventsOf = (items: readonly unknown[]): AssetEvent[] => itemsOf(eventSchema).parse(items)

/** How long the requests take under Trackunit's limit, if no other program uses it. */
export const minutesForRequests = (requests: number): number =>
  Math.max(0, Math.ceil(requests / requestsPerWindow) - 1) * windowMinutes

const dismissDocument = /* GraphQL */ `
  mutation DismissEvent($eventId: String!) {
    eventDismiss(eventId: $eventId) {
      success
    }
  }
`

/** @throws StandinError `TRACKUNIT_REFUSED` if Trackunit did not dismiss it */
export async function dismiss({ trackunit }: Pick<RunContext<unknown>, 'trackunit'>, eventId: string): Promise<void> {
  const { data } = await trackunit.graphql<{ eventDismiss?: { success?: boolean } | null }>(dismissDocument, {
    eventId,
  })
  if (data.eventDismiss?.success !== true) throw new StandinError('TRACKUNIT_REFUSED')
}

const dayMs = 86_400_000

/**
 * Checks whether an event is dismissed, after a request whose outcome is unknown. Costs one of the two requests.
 * @returns true if it is dismissed, false if it is open
 * @throws StandinError `TRACKUNIT_REFUSED` if the event has any other status: the outcome stays unknown
 */
export async function isDismissed(
  context: Pick<RunContext<unknown>, 'trackunit' | 'clock'>,
  { eventId, assetId, openedAt }: { eventId: string; assetId: string | undefined; openedAt: string | null },
): Promise<boolean> {
  const opened = openedAt === null ? undefined : Date.parse(openedAt)
  const window =
    opened === undefined || Number.isNaN(opened)
      ? { from: context.clock.now().getTime() - 730 * dayMs, to: context.clock.now().getTime() }
      : { from: opened - dayMs, to: opened + dayMs }
  const question = {
    fromTime: new Date(window.from).toISOString(),
    toTime: new Date(window.to).toISOString(),
    ...(assetId !== undefined && { assetIds: [assetId] }),
  }
  const answer = pageSchema.safeParse(await context.trackunit.post(logPath, question, { page: 0, size: logPageSize }))
  if (!answer.success)
    throw new StandinError('TRACKUNIT_UNAVAILABLE', { detail: 'The list of events was not readable.' })
  const event = answer.data.content.find(({ id }) => id === eventId)
  if (event?.status === 'OPEN' || event?.status === 'DISMISSED') return event.status === 'DISMISSED'
  throw new StandinError('TRACKUNIT_REFUSED')
}
