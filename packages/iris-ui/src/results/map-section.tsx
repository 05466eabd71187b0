import type { ResultMap } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { geoPath } from 'd3-geo'
import { type CSSProperties, useId, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { textOfArea } from './asked-of-address.ts'
import { projectionFor } from './map-projection.ts'
import { type Mark, marksToDraw, placeWords } from './map-to-draw.ts'

interface MapSectionProps {
  map: ResultMap
  /** The visible area: the places, or those of the whole result if a search left none. */
  around: ResultMap['places']
}

/** The places as circles, and the land around them once it has loaded. */
export function MapSection({ map, around }: MapSectionProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const id = useId()
  const frame = useRef<HTMLDivElement>(null)
  const size = useSize(frame)
  const [, setAddress] = useAddressState()
  const projection = useMemo(() => projectionFor(around, size), [around, size])
  const marks = useMemo(
    () =>
      marksToDraw(map.places, {
        project: ({ latitude, longitude }) => projection([longitude, latitude]),
        wordsOf: (places) => placeWords(places, { texts, formats }),
        size,
      }),
    [map, projection, size, texts, formats],
  )
  const areNamed = marks.every(({ label }) => label === 'whole')
  return (
    <figure className="map-figure" aria-labelledby={id}>
      <figcaption id={id} className="vh">
        {words.map}
      </figcaption>
      <div className="map" ref={frame}>
        <svg viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
          <Land projection={projection} />
        </svg>
        {marks.map((mark) => (
          <Spot key={textOfArea(mark.area)} mark={mark} />
        ))}
        <small className="map-source">{words.outlines}</small>
      </div>
      {map.rowsWithoutPlace > 0 && (
        <p className="small muted foot">
          {words.withoutPlace(map.rowsWithoutPlace, formats.number(map.rowsWithoutPlace))}{' '}
          <button type="button" className="in-text" onClick={() => setAddress({ near: 'nowhere', view: undefined })}>
            {words.showThem(map.rowsWithoutPlace)}
          </button>
        </p>
      )}
      <ul className={areNamed ? 'sites narrow' : 'sites'}>
        {marks.map(({ area, places, rows }) => (
          <li key={textOfArea(area)}>
            <button type="button" onClick={() => setAddress({ near: textOfArea(area), row: undefined })}>
              <bdi>{placeWords(places, { texts, formats })}</bdi> <b className="num">{formats.number(rows)}</b>
            </button>
          </li>
        ))}
      </ul>
    </figure>
  )
}

function Land({ projection }: { projection: ReturnType<typeof projectionFor> }) {
  const { data: outline } = useQuery({
    queryKey: ['world outline'],
    queryFn: async () => (await import('./world-outline.ts')).worldOutline(),
    staleTime: Number.POSITIVE_INFINITY,
  })
  // It reads all outlines of the world, so not for each letter that is typed in the search.
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

/** Filters by its area and zooms in; if that is the filter already, removes it. */
function Spot({ mark: { area, places, rows, x, y, diameter, side, label, labelWidth } }: { mark: Mark }) {
  const { texts, formats } = useSurroundings()
  const [address, setAddress] = useAddressState()
  const text = textOfArea(area)
  const isPressed = address.get('near') === text
  const name = placeWords(places, { texts, formats })
  return (
    <button
      type="button"
      className={['spot', side, label].join(' ')}
      style={{ left: x, top: y, '--d': `${diameter}px` } as CSSProperties}
      aria-pressed={isPressed}
      onClick={() => setAddress({ near: isPressed ? undefined : text, row: undefined })}
    >
      <i>{formats.number(rows)}</i>{' '}
      <span style={{ maxWidth: labelWidth }}>
        <bdi>
          <em>{name}</em>
        </bdi>
      </span>
    </button>
  )
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
