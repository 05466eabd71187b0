import type { ResultColumn, Run, RunResult } from '@standin/client'
import { Suspense, useCallback, useId, useMemo, useRef, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { lateParts } from '../parts/late-parts.tsx'
import { hasEnded } from '../runs/follow-run.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { columnsToShow } from './columns-to-show.ts'
import { GoToRow } from './go-to-row.tsx'
import { saysMore } from './map-to-draw.ts'
import { sortOf } from './table-address.ts'
import { machineColumn, RowCells, type RowsProps, TableHead } from './table-parts.tsx'
import { TableTools } from './table-tools.tsx'
import { type Asked, useResult } from './use-result.ts'

const MapSection = lateParts(() => import('./map-section.tsx')).part('MapSection')
const VirtualRows = lateParts(() => import('./virtual-rows.tsx')).part('VirtualRows')
const VIRTUAL_ABOVE = 200
const LIVE_ROWS = 10

interface ResultTableProps {
  run: Run
  /** The first page without search and filter: columns, facets, how much there is. */
  first: RunResult
}

/** Search, filters and sorting are in the address. Up to 200 rows are plain; more are virtualised. */
export function ResultTable({ run, first }: ResultTableProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const id = useId()
  const top = useRef<HTMLHeadingElement>(null)
  const [address, setAddress] = useAddressState()
  const [goingTo, setGoingTo] = useState<number>()
  const onThere = useCallback(() => setGoingTo(undefined), [])
  const going = !hasEnded(run)
  const asked = going ? {} : askedOf(address, first.columns)
  const result = useResult(run, asked)
  const total = result.first?.total ?? 0
  const map = result.first?.map
  const { shown: columns, details } = useMemo(() => columnsToShow(first.columns, first.rows), [first])
  const hasMachines = first.rows.some(({ machine }) => machine)
  const rows = going ? result.rows.slice(0, LIVE_ROWS) : result.rows
  const long = !going && total > VIRTUAL_ABOVE
  const ofPreview = texts.preview.every[run.actionId] ?? texts.preview.everything
  const heading = going
    ? texts.run.found
    : run.mode === 'preview'
      ? ofPreview
      : hasMachines
        ? texts.run.machines
        : words.detail

  return (
    <section className="sec" aria-labelledby={id}>
      <div className="h2">
        <h2 id={id} ref={top} tabIndex={-1}>
          {heading}
        </h2>
        {going && <span className="muted num">{texts.run.foundSoFar(formats.number(first.total))}</span>}
      </div>
      {!going && first.total > 10 && (
        <TableTools
          columns={first.columns}
          sorted={hasMachines ? [{ ...machineColumn, title: words.machine }, ...columns] : columns}
          facets={first.facets}
          hasNew={first.rows.some(({ isNew }) => isNew)}
        />
      )}
      {!going && first.map && map && saysMore(first.map) && (
        <Suspense fallback={<div className="map" aria-hidden="true" />}>
          <MapSection map={map} around={map.places.length > 0 ? map.places : first.map.places} />
        </Suspense>
      )}
      {long && (
        <div className="long">
          <p className="small muted num">{words.long(formats.number(total))}</p>
          <GoToRow total={total} onGo={setGoingTo} />
        </div>
      )}
      {!result.isPlaceholderData && rows.length === 0 && !result.isPending && (
        <div className="nothing" role="status">
          <p>
            <b>{words.none}</b> {words.noneMeans}
          </p>
          <Button onClick={() => setAddress(Object.fromEntries([...address.keys()].map((key) => [key, undefined])))}>
            {words.clear}
          </Button>
        </div>
      )}
      {rows.length > 0 && (
        <div className="tw" aria-busy={result.isPlaceholderData || undefined}>
          {long ? (
            <Suspense
              fallback={
                <PlainTable
                  columns={columns}
                  details={details}
                  rows={rows.slice(0, 20)}
                  hasMachines={hasMachines}
                  heading={heading}
                  sortable
                />
              }
            >
              <VirtualRows
                run={run}
                asked={asked}
                columns={columns}
                details={details}
                firstRows={rows}
                total={total}
                hasMachines={hasMachines}
                heading={heading}
                goingTo={goingTo}
                onThere={onThere}
                onTop={() => top.current?.focus()}
              />
            </Suspense>
          ) : (
            <PlainTable
              columns={columns}
              details={details}
              rows={rows}
              hasMachines={hasMachines}
              heading={heading}
              sortable={!going}
            />
          )}
        </div>
      )}
      {!long && !going && total > rows.length && rows.length > 0 && (
        <div className="more">
          <span className="num">{words.showing(formats.number(rows.length), formats.number(total))}</span>
          <Button busy={result.isFetchingNextPage} onClick={() => void result.fetchNextPage()}>
            {words.more(formats.number(Math.min(50, total - rows.length)))}
          </Button>
        </div>
      )}
    </section>
  )
}

function askedOf(address: URLSearchParams, columns: readonly ResultColumn[]): Asked {
  const search = address.get('q') ?? ''
  const sort = sortOf(address)
  const filter = Object.fromEntries(
    columns.flatMap(({ key, filterable }) => {
      const value = filterable ? address.get(`f.${key}`) : null
      return value ? [[key, value]] : []
    }),
  )
  return { ...(search && { search }), filter, ...(address.get('new') && { onlyNew: true }), ...(sort && { sort }) }
}

function PlainTable({ columns, details, rows, hasMachines, heading, sortable }: RowsProps & { sortable: boolean }) {
  return (
    <table
      className={['fold', !hasMachines && 'nums', details.length > 0 && 'opens'].filter(Boolean).join(' ')}
      role="table"
    >
      <caption className="vh">{heading}</caption>
      <TableHead columns={columns} hasMachines={hasMachines} sortable={sortable} />
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr role="row" key={row.id}>
            <RowCells row={row} columns={columns} details={details} hasMachines={hasMachines} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}
