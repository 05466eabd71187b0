import type { Run, RunResult } from '@standin/client'
import { Suspense, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import { lateFile } from '../parts/late-file.ts'
import { lateParts } from '../parts/late-parts.tsx'
import { hasEnded } from '../runs/follow-run.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { askedOfAddress, openRowOf } from './asked-of-address.ts'
import { columnsToShow } from './columns-to-show.ts'
import { FilterLine } from './filter-line.tsx'
import { WINDOW } from './input-of.ts'
import { saysMore } from './map-to-draw.ts'
import { machineColumn, PlainList } from './table-parts.tsx'
import { TableTools } from './table-tools.tsx'
import { useResult } from './use-result.ts'
import { VirtualRows } from './virtual-rows.tsx'

const MapSection = lateParts(lateFile(() => import('./map-section.tsx'))).part('MapSection')
const LIVE_ROWS = 10
/** Fewer rows need no tools. */
const MANY_ROWS = 10

interface ResultTableProps {
  run: Run
  /** The first rows without search and filter: columns, facets, how much there is. */
  first: RunResult
}

/**
 * Search, filters, order, map and the open row are in the address. Rows of one answer are a plain list; more are
 * virtual rows.
 */
export function ResultTable({ run, first }: ResultTableProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const id = useId()
  const top = useRef<HTMLHeadingElement>(null)
  const [address] = useAddressState()
  const [goingTo, setGoingTo] = useState<number>()
  const onThere = useCallback(() => setGoingTo(undefined), [])
  const going = !hasEnded(run)
  const asked = going ? {} : askedOfAddress(address, first.columns)
  const result = useResult(run, asked)
  const found = result.first
  const total = found?.total ?? 0
  const columns = useMemo(() => columnsToShow(first.columns, first.rows), [first])
  const { hasMachines, shown } = columns
  const rows = going ? (found?.rows.slice(0, LIVE_ROWS) ?? []) : (found?.rows ?? [])
  const long = !going && total > WINDOW
  const hasMap = !going && first.map !== null && saysMore(first.map)
  const isMap = hasMap && address.get('view') === 'map'
  const list = { columns, heading: headingOf(run, { hasMachines, texts }), sortable: !going }
  const hasNew = first.facets.some(({ values }) => values.some(({ newRows }) => newRows > 0))
  useFocusBack(openRowOf(address), (row) => {
    const link = document.querySelector<HTMLElement>(`.list [data-index="${row}"] a`)
    if (link) link.focus({ preventScroll: true })
    else if (long) setGoingTo(row)
    else top.current?.focus()
  })

  return (
    <>
      <h2 id={id} ref={top} tabIndex={-1} className={going ? undefined : 'vh'}>
        {list.heading}
      </h2>
      {going && <p className="muted num">{texts.run.foundSoFar(formats.number(first.total))}</p>}
      {!going && first.total > MANY_ROWS && (
        <TableTools
          columns={first.columns}
          sorted={[
            ...(hasMachines ? [{ ...machineColumn, title: words.machine }] : []),
            ...shown.map(({ column }) => column),
          ]}
          facets={first.facets}
          hasNew={hasNew || first.rows.some(({ isNew }) => isNew)}
          hasMap={hasMap}
          total={total}
          goTo={long ? { total, onGo: setGoingTo } : undefined}
        />
      )}
      {!going && (
        <FilterLine
          asked={asked}
          columns={first.columns}
          first={first}
          found={result.isPlaceholderData ? undefined : found}
          hasMachines={hasMachines}
          onAll={() => top.current?.focus({ preventScroll: true })}
        />
      )}
      {isMap && first.map && (
        <Suspense fallback={<div className="map" aria-hidden="true" />}>
          <MapSection
            map={found?.map ?? first.map}
            around={found?.map?.places.length ? found.map.places : first.map.places}
          />
        </Suspense>
      )}
      {!result.isPlaceholderData && rows.length === 0 && !result.isPending && (
        <div className="nothing" role="status">
          <p>
            <b>{words.none}</b> {words.noneMeans}
          </p>
        </div>
      )}
      {/* The map is a view of its own until one of its places is chosen. */}
      {rows.length > 0 && !(isMap && asked.within === undefined) && (
        <div className="tw" aria-busy={result.isPlaceholderData || undefined}>
          {long ? (
            <VirtualRows
              {...list}
              run={run}
              asked={asked}
              total={total}
              goingTo={goingTo}
              onThere={onThere}
              onGo={setGoingTo}
              firstRows={rows}
              onTop={() => top.current?.focus()}
            />
          ) : (
            <PlainList {...list} rows={rows} />
          )}
        </div>
      )}
    </>
  )
}

function headingOf(
  run: Run,
  { hasMachines, texts }: { hasMachines: boolean; texts: ReturnType<typeof useSurroundings>['texts'] },
): string {
  if (!hasEnded(run)) return texts.run.found
  if (run.mode === 'preview') return texts.preview.every[run.actionId] ?? texts.preview.everything
  return hasMachines ? texts.run.machines : texts.table.detail
}

/** When the open row closes, the focus goes back to where it was opened. */
function useFocusBack(open: number | undefined, focus: (row: number) => void): void {
  const last = useRef(open)
  useEffect(() => {
    const before = last.current
    last.current = open
    if (before !== undefined && open === undefined) focus(before)
  })
}
