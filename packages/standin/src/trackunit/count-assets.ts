import { StandinError } from '../standin-error.ts'
import type { TrackunitRequests } from './trackunit-client.ts'

/** How many machines Trackunit lists for the account: one short request. Null if it does not say. */
export async function countAssets({ get }: Pick<TrackunitRequests, 'get'>): Promise<number | null> {
  try {
    const { totalElements } = await get<{ totalElements?: unknown }>('/api/asset/v2/assets', { size: 1, page: 0 })
    return typeof totalElements === 'number' ? totalElements : null
  } catch (error) {
    if (error instanceof StandinError) return null
    throw error // The work has to stop.
  }
}
