import type { GeoPermissibleObjects } from 'd3-geo'
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import atlas from 'world-atlas/countries-50m.json' with { type: 'json' }

/** Land, and the borders on it: public domain, by Natural Earth. Large, and so in a file of its own. */
export function worldOutline(): { land: GeoPermissibleObjects; borders: GeoPermissibleObjects } {
  const topology = atlas as unknown as Topology<{ countries: GeometryCollection; land: GeometryCollection }>
  const { countries, land } = topology.objects
  return { land: feature(topology, land), borders: mesh(topology, countries, (a, b) => a !== b) }
}
