import type { ResultMap } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { geoPath } from 'd3-geo'
import { useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Formats } from '../formats/create-formats.ts'
import { useSurroundings } from '../surroundings.ts'
import type { Texts } from '../texts/en.ts'
import { projectionFor } from './map-projection.ts'
import { type Mark, marksToDraw } from './map-to-draw.ts'

interface MapSectionProps {
  map: ResultMap
  /** The visible area: the places, or those of the whole result if a search left none. */
  around: ResultMap['places']
}

/** The places as circles, and the land around them as soon as it has come: they do not wait for it. */
export function MapSection({ map, around }: MapSectionProps) {
  const { texts, formats } = useSurroundings()
  const id = useId()
  const frame = useRef<HTMLDivElement>(null)
  const size = useSize(frame)
  const projection = useMemo(() => projectionFor(around, size), [around, size])
  const marks = marksToDraw(map.places, {
    project: ({ latitude, longitude }) => projection([longitude, latitude]),
    wordsOf: (place) => nameOf(place, { texts, formats }),
    size,
  })
  return (
    <figure className="map-figure" aria-labelledby={id}>
      <figcaption id={id} className="vh">
        {texts.table.map}
      </figcaption>
      <div className="map" ref={frame} aria-hidden="true">
        <svg viewBox={`0 0 ${size.width} ${size.height}`} role="presentation">
          <Land projection={projection} />
          {marks.map((mark) => (
            <Circle key={`${mark.place.latitude},${mark.place.longitude}`} mark={mark} />
          ))}
        </svg>
        <small className="map-source">{texts.table.outlines}</small>
      </div>
      <PlacesAsTable map={map} />
      {map.rowsWithoutPlace > 0 && (
        <p className="small muted foot">
          {texts.table.withoutPlace(map.rowsWithoutPlace, formats.number(map.rowsWithoutPlace))}
        </p>
      )}
    </figure>
  )
}

function Land({ projection }: { projection: ReturnType<typeof projectionFor> }) {
  const { data: outline } = useQuery({
    queryKey: ['world outline'],
    queryFn: async () => (await import('./world-outline.ts')).worldOutline(),
    staleTime: Number.POSITIVE_INFINITY,
  })
  // All the world's outlines are gone through for it: not at each letter that is typed in the search.
  const drawn = useMemo(() => {
    const path = geoPath(projection)
    return outline && { land: path(outline.land), borders: path(outline.borders) }
  }, [outline, projection])
  if (!drawn) return null
  return (
    <>
      <path className="map-land" d={drawn.land ?? undefined} />
      <path className="map-borders" d={drawn.borders ?? undefined} />
    </>
  )
}

function Circle({ mark: { place, x, y, radius, label } }: { mark: Mark }) {
  const { texts, formats } = useSurroundings()
  const words = `${nameOf(place, { texts, formats }) ?? texts.table.unnamedPlace}: ${formats.number(place.rows)}`
  return (
    <g>
      <circle className="map-place" cx={x} cy={y} r={radius}>
        <title>{words}</title>
      </circle>
      {label && (
        <text className="map-name" x={label.x} y={label.y} dominantBaseline="central">
          {label.words}
        </text>
      )}
    </g>
  )
}

/** The same as a table, for screen readers. */
function PlacesAsTable({ map: { places } }: { map: ResultMap }) {
  const { texts, formats } = useSurroundings()
  return (
    <div className="vh">
      <table>
        <caption>{texts.table.mapTable}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.table.place}</th>
            <th scope="col">{texts.table.rows}</th>
          </tr>
        </thead>
        <tbody>
          {places.map((place) => (
            <tr key={`${place.latitude},${place.longitude}`}>
              <th scope="row">{nameOf(place, { texts, formats }) ?? texts.table.unnamedPlace}</th>
              <td>{formats.number(place.rows)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function nameOf(
  { name, otherNames }: ResultMap['places'][number],
  { texts, formats }: { texts: Texts; formats: Formats },
): string | undefined {
  if (name === null) return undefined
  return otherNames === 0 ? name : texts.table.andOthers(name, formats.number(otherNames))
}

/** Drawn at the frame's width in pixels, so that text has the same size at every width. */
function useSize(frame: { current: HTMLElement | null }): { width: number; height: number } {
  const [size, setSize] = useState({ width: 640, height: 320 })
  useLayoutEffect(() => {
    if (!frame.current) return
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = 0 } = entry?.contentRect ?? {}
      if (width > 0 && height > 0) setSize({ width, height })
    })
    observer.observe(frame.current)
    return () => observer.disconnect()
  }, [frame])
  return size
}
