import { type Place, places } from './places.ts'
import type { Random } from './random.ts'

export type Site = { id: string; name: string; type: string; status: string; place: Place }

/** Every account works on the same places, each under ids of its own. */
export function createSites(random: Random): Site[] {
  return places.map((place) => ({
    id: random.uuid(),
    name: place.name,
    type: place.type,
    status: 'ACTIVE',
    place,
  }))
}
