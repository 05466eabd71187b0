import type { FastifyInstance } from 'fastify'
import type { Fleet } from '../../fleet/fleets.ts'
import { pageOf, readPage } from './numbered-page.ts'
import type { RestEdge } from './rest-edge.ts'

type AssetDependencies = { edge: RestEdge; fleetOf: (accountId: string) => Fleet }

/** [seen] `GET /api/asset/v2/assets`, page-based. */
export function assetRoutes(app: FastifyInstance, { edge, fleetOf }: AssetDependencies) {
  app.get('/api/asset/v2/assets', { config: { endpoint: 'rest' } }, async (request, reply) => {
    const user = await edge.apiUser(request, reply, 'asset.view')
    if (!user) return reply

    const page = readPage(request.query)
    if ('code' in page) return edge.refusePage(request, reply, page)

    const fleet = fleetOf(user.accountId)
    const content = Array.from({ length: page.size }, (_, index) => fleet.machine(page.page * page.size + index))
      .filter((machine) => machine !== undefined)
      .map(({ id, name, brand, model, serialNumber, assetType }) => ({
        id,
        name,
        brand,
        model,
        serialNumber,
        assetType,
      }))
    return pageOf(content, { ...page, totalElements: fleet.size })
  })
}
