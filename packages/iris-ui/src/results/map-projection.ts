import type { ResultMap } from '@standin/client'
import { type GeoProjection, geoMercator } from 'd3-geo'

type Place = Pick<ResultMap['places'][number], 'latitude' | 'longitude'>

const MARGIN = 36
/** In degrees: a single site is shown with its surroundings. */
const LEAST_EXTENT = 1.5
/** Mercator's map has no limit beyond this. */
const HIGHEST = 80

/** North is up, all places are inside. A fleet on both sides of the date line is not torn apart by it. */
export function projectionFor(places: readonly Place[], size: { width: number; height: number }): GeoProjection {
  const middle = middleOf(places.map(({ longitude }) => longitude))
  const projection = geoMercator().rotate([-middle, 0])
  const coordinates = places.flatMap(({ latitude, longitude }) =>
    [-LEAST_EXTENT / 2, LEAST_EXTENT / 2].map((more): [number, number] => [
      longitude + more,
      Math.max(-HIGHEST, Math.min(HIGHEST, latitude + more)),
    ]),
  )
  const inner: [[number, number], [number, number]] = [
    [MARGIN, MARGIN],
    [size.width - MARGIN, size.height - MARGIN],
  ]
  return projection.fitExtent(inner, { type: 'MultiPoint', coordinates }).clipExtent([
    [0, 0],
    [size.width, size.height],
  ])
}

/** The middle of the shortest arc that holds all. */
function middleOf(longitudes: readonly number[]): number {
  const sorted = longitudes.toSorted((a, b) => a - b)
  const [first = 0] = sorted
  const arcs = sorted.map((from, index) => {
    const to = sorted[index + 1] ?? first + 360
    return { gap: to - from, from: to }
  })
  const widest = arcs.reduce((best, arc) => (arc.gap > best.gap ? arc : best), { gap: 0, from: first })
  return widest.from + (360 - widest.gap) / 2
}
