import type { FastifyInstance } from 'fastify'
import type { Fleet } from '../../fleet/fleets.ts'
import { asJson, asXml, equipmentOf, type SnapshotLink } from './aemp-snapshot.ts'
import { badRequest, notFound } from './documented-error.ts'
import { createRequestLimit, createSnapshotLimit, type Limiting } from './request-limit.ts'
import type { RestEdge } from './rest-edge.ts'

type AempDependencies = {
  edge: RestEdge
  fleetOf: (accountId: string) => Fleet
  url: () => string
} & Limiting

const path = '/public/api/aemp/v2/15143/-3/Fleet'
const pageSize = 100
const dayMs = 24 * 3_600_000

/** [doc] The AEMP 2.0 snapshot: XML, or JSON by `Accept`; the first page is 1. */
export function aempRoutes(app: FastifyInstance, { edge, fleetOf, url, now, resets }: AempDependencies) {
  const perUrl = createSnapshotLimit({ everyMs: 15 * 60_000, spare: 50, spareBackMs: 30 * dayMs }, { now, resets })
  const perCustomer = createRequestLimit({ most: 50, windowMs: 1000 }, { now, resets })

  app.get<{ Params: { page: string } }>(`${path}/:page`, { config: { endpoint: 'rest' } }, async (request, reply) => {
    const user = await edge.apiUser(request, reply, 'asset.view')
    if (!user) return reply

    const rule = 'aemp-rate'
    if (edge.isOverLimit(request, reply, { limit: perCustomer(user.accountId), rule })) return reply
    const page = Number(request.params.page)
    if (edge.isOverLimit(request, reply, { limit: perUrl(`${user.clientId} ${page}`), rule })) return reply

    if (!Number.isInteger(page) || page < 1) {
      const error = badRequest('page', 'must be a whole number from 1')
      return edge.refuse(request, reply, { error, rule: 'rest-parameters' })
    }
    if (Object.keys(request.query as object).length > 0) {
      const error = badRequest('query', 'has parameters, and none is documented')
      return edge.refuse(request, reply, { error, rule: 'rest-parameters' })
    }
    const fleet = fleetOf(user.accountId)
    const last = Math.max(1, Math.ceil(fleet.size / pageSize))
    if (page > last) return edge.refuse(request, reply, { error: notFound('No such page.') })

    const equipment = Array.from({ length: pageSize }, (_, index) => fleet.machine((page - 1) * pageSize + index))
      .filter((machine) => machine !== undefined)
      .map((machine) => equipmentOf(machine, now()))
    const snapshot = {
      snapshotTime: new Date(now()).toISOString(),
      links: linksOf(page, { last, url: url() }),
      equipment,
    }
    return request.headers.accept?.includes('json')
      ? reply.type('application/json; charset=utf-8').send(asJson(snapshot))
      : reply.type('application/xml; charset=utf-8').send(asXml(snapshot))
  })
}

function linksOf(page: number, { last, url }: { last: number; url: string }): SnapshotLink[] {
  const link = (rel: SnapshotLink['rel'], to: number) => ({ rel, href: `${url}${path}/${to}` })
  return [
    link('self', page),
    ...(page > 1 ? [link('prev', page - 1)] : []),
    ...(page < last ? [link('next', page + 1)] : []),
    link('last', last),
  ]
}
