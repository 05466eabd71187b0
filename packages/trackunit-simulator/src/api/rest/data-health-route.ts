import type { FastifyInstance } from 'fastify'
import type { Behaviour } from '../../behaviour.ts'
import type { Fleet } from '../../fleet/fleets.ts'
import { badRequest, notFound } from './documented-error.ts'
import { numberedPage, readPage } from './numbered-page.ts'
import type { RestEdge } from './rest-edge.ts'

type DataHealthDependencies = {
  edge: RestEdge
  fleetOf: (accountId: string) => Fleet
  behaviour: Behaviour
  now: () => number
}

const dayMs = 24 * 3_600_000

/** [doc] Fleet data health, `v1beta1`: issues by asset, OPEN or RESOLVED. Its address and its fields' names are ours. */
export function dataHealthRoute(app: FastifyInstance, { edge, fleetOf, behaviour, now }: DataHealthDependencies) {
  app.get<{ Querystring: { status?: string } }>(
    '/public/api/fleet-data-health/v1beta1/issues',
    { config: { endpoint: 'rest' } },
    async (request, reply) => {
      const user = await edge.apiUser(request, reply, 'asset.view')
      if (!user) return reply
      if (!behaviour.dataHealth) return edge.refuse(request, reply, { error: notFound('No such address.') })

      const page = readPage(request.query, { also: ['status'] })
      if ('code' in page) return edge.refusePage(request, reply, page)
      const { status } = request.query
      if (status !== undefined && status !== 'OPEN' && status !== 'RESOLVED') {
        const error = badRequest('status', 'must be OPEN or RESOLVED')
        return edge.refuse(request, reply, { error, rule: 'rest-parameters' })
      }
      const today = now() - (now() % dayMs)
      const issues = [...fleetOf(user.accountId).machines()].flatMap(({ id: assetId, dataHealth }) =>
        dataHealth.map(({ type, forDays, isOpen }) => ({
          assetId,
          type,
          status: isOpen ? 'OPEN' : 'RESOLVED',
          openedAt: new Date(today - forDays * dayMs).toISOString(),
        })),
      )
      return numberedPage(
        issues.filter((issue) => status === undefined || issue.status === status),
        page,
      )
    },
  )
}
