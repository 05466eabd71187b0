import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Behaviour } from '../../behaviour.ts'
import type { Fleet } from '../../fleet/fleets.ts'
import type { Machine } from '../../fleet/machine.ts'
import { badRequest, notFound, planRequired } from './documented-error.ts'
import { numberedPage, readPage } from './numbered-page.ts'
import type { RestEdge } from './rest-edge.ts'

type ServiceDependencies = {
  edge: RestEdge
  fleetOf: (accountId: string) => Fleet
  behaviour: Behaviour
  now: () => number
}

const base = '/api/service-management/v2/plans/assignments/service-status'
const scope = 'account.service-management.service-plan.assignment.view'
const dayMs = 24 * 3_600_000

/** [doc] Which service is overdue, and the status of one asset. Needs a licence and, by its name, the scope above. */
export function serviceRoutes(app: FastifyInstance, { edge, fleetOf, behaviour, now }: ServiceDependencies) {
  async function allowed(request: FastifyRequest, reply: FastifyReply) {
    const user = await edge.apiUser(request, reply, scope)
    if (!user || behaviour.serviceLicence) return user
    edge.refuse(request, reply, { error: planRequired() })
    return undefined
  }

  const statusOf = ({ id: assetId, serviceDueForDays }: Machine) => {
    if (serviceDueForDays === null) return undefined
    const today = now() - (now() % dayMs)
    return {
      assetId,
      status: serviceDueForDays > 0 ? 'OVERDUE' : serviceDueForDays > -14 ? 'DUE_SOON' : 'OK',
      predictedServiceTime: new Date(today - serviceDueForDays * dayMs).toISOString(),
    }
  }

  app.get(`${base}/OVERDUE/assets`, { config: { endpoint: 'rest' } }, async (request, reply) => {
    const user = await allowed(request, reply)
    if (!user) return reply
    const page = readPage(request.query)
    if ('code' in page) return edge.refusePage(request, reply, page)

    const overdue = [...fleetOf(user.accountId).machines()].filter(
      ({ serviceDueForDays }) => (serviceDueForDays ?? 0) > 0,
    )
    return numberedPage(
      overdue.map(({ id }) => ({ assetId: id })),
      page,
    )
  })

  app.get<{ Querystring: { assetId?: string } }>(base, { config: { endpoint: 'rest' } }, async (request, reply) => {
    const user = await allowed(request, reply)
    if (!user) return reply
    const { assetId } = request.query
    if (!assetId) {
      return edge.refuse(request, reply, { error: badRequest('assetId', 'is missing'), rule: 'rest-parameters' })
    }
    for (const machine of fleetOf(user.accountId).machines()) {
      if (machine.id !== assetId) continue
      return statusOf(machine) ?? edge.refuse(request, reply, { error: notFound('The asset has no service plan.') })
    }
    return edge.refuse(request, reply, { error: notFound('No such asset.') })
  })
}
