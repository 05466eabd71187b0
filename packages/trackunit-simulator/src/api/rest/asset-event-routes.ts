import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type AssetEvent, eventCriticalities, eventStates, eventTypes } from '../../fleet/asset-events.ts'
import { badRequest, type DocumentedError } from './documented-error.ts'
import { numberedPage, readPage } from './numbered-page.ts'
import { createRequestLimit, type Limiting } from './request-limit.ts'
import type { RestEdge } from './rest-edge.ts'

type AssetEventDependencies = { edge: RestEdge; eventsOf: (accountId: string) => AssetEvent[] } & Limiting

const moment = z.iso.datetime({ offset: true })
const oneOrMore = <T extends string>(values: readonly [T, ...T[]]) =>
  z.union([z.enum(values).transform((value) => [value]), z.array(z.enum(values))]).optional()

const filters = {
  assetIds: z.array(z.string()).optional(),
  groupIds: z.array(z.string()).optional(),
  siteIds: z.array(z.string()).optional(),
  customerIds: z.array(z.string()).optional(),
  type: oneOrMore(eventTypes),
}

const logRequest = z.strictObject({
  fromTime: moment,
  toTime: moment,
  ...filters,
  criticality: oneOrMore(eventCriticalities),
  status: oneOrMore(eventStates),
})

const activeRequest = z.strictObject({ ...filters, criticality: oneOrMore(['CRITICAL', 'LOW']) })

type Wanted = { [name in keyof z.infer<typeof logRequest>]?: z.infer<typeof logRequest>[name] | undefined }

/** [doc] The asset event API: two requests in 30 minutes per API user, for both addresses together (our reading). */
export function assetEventRoutes(app: FastifyInstance, { edge, eventsOf, now, resets }: AssetEventDependencies) {
  const limit = createRequestLimit({ most: 2, windowMs: 30 * 60_000 }, { now, resets })

  const route = (
    path: string,
    { schema, isMeant }: { schema: z.ZodType<Wanted>; isMeant: (event: AssetEvent) => boolean },
  ) =>
    app.post(
      `/public/api/eventlog/v3/asset-event/${path}`,
      { config: { endpoint: 'rest' } },
      async (request, reply) => {
        const user = await edge.apiUser(request, reply, 'asset.view')
        if (!user) return reply
        if (edge.isOverLimit(request, reply, { limit: limit(user.clientId), rule: 'asset-event-rate' })) return reply

        const page = readPage(request.query)
        if ('code' in page) return edge.refusePage(request, reply, page)
        const wanted = readWanted(request, schema)
        if ('code' in wanted) return edge.refuse(request, reply, { error: wanted, rule: 'rest-parameters' })

        const events = eventsOf(user.accountId).filter((event) => isMeant(event) && fits(event, wanted))
        const { content, ...rest } = numberedPage(events, page)
        return { content: content.map(({ siteId: _, groupId: __, ...event }) => event), ...rest }
      },
    )

  route('log', { schema: logRequest, isMeant: () => true })
  route('active', { schema: activeRequest, isMeant: ({ status }) => status === 'OPEN' })
}

function readWanted(request: FastifyRequest, schema: z.ZodType<Wanted>): Wanted | DocumentedError {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    return badRequest('content-type', 'must be JSON')
  let body: unknown
  try {
    body = JSON.parse(String(request.body))
  } catch {
    return badRequest('body', 'must be JSON')
  }
  const read = schema.safeParse(body)
  if (read.success) return read.data
  const [issue] = read.error.issues
  return badRequest(issue?.path.join('.') || 'body', issue?.message ?? 'is not valid')
}

function fits(event: AssetEvent, wanted: Wanted): boolean {
  const { fromTime, toTime, assetIds, groupIds, siteIds, customerIds, type, criticality, status } = wanted
  // No machine of this simulator belongs to a customer.
  if (customerIds) return false
  if (groupIds && !groupIds.includes(event.groupId ?? '')) return false
  if (fromTime && Date.parse(event.time) < Date.parse(fromTime)) return false
  if (toTime && Date.parse(event.time) >= Date.parse(toTime)) return false
  if (assetIds && !assetIds.includes(event.assetId)) return false
  if (siteIds && !siteIds.includes(event.siteId ?? '')) return false
  if (type && !type.includes(event.type)) return false
  if (criticality && !criticality.some((each) => each === event.criticality)) return false
  return !status || status.includes(event.status)
}
