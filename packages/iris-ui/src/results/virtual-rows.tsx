import type { ResultColumn, ResultRow } from '@standin/client'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { useSurroundings } from '../surroundings.ts'
import { RowCells, TableHead } from './table-parts.tsx'

interface VirtualRowsProps {
  columns: readonly ResultColumn[]
  details: readonly ResultColumn[]
  /** Those that are loaded; more come as the end comes near. */
  rows: readonly ResultRow[]
  total: number
  hasMachines: boolean
  heading: string
  more(): void
  onTop(): void
}

const ROW_PX = 66
const AHEAD = 20

/** Draws the rows that are seen and keeps the table's full count for who hears it. */
export default function VirtualRows({
  columns,
  details,
  rows,
  total,
  hasMachines,
  heading,
  more,
  onTop,
}: VirtualRowsProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const table = useRef<HTMLTableElement>(null)
  const [offset, setOffset] = useState(0)

  useLayoutEffect(() => {
    if (!table.current) return
    setOffset(table.current.getBoundingClientRect().top + scrollY)
  }, [])

  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: offset,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)
  const before = first ? first.start - offset : 0
  const after = last ? virtual.getTotalSize() - (last.end - offset) : 0
  const seenTo = last?.index ?? 0

  useEffect(() => {
    if (rows.length < total && seenTo >= rows.length - AHEAD) more()
  }, [rows.length, total, seenTo, more])

  return (
    <>
      <table
        ref={table}
        className={details.length > 0 ? 'fold steady opens' : 'fold steady'}
        role="table"
        aria-rowcount={total + 1}
      >
        <caption className="vh">{heading}</caption>
        <TableHead columns={columns} hasMachines={hasMachines} sortable />
        {before > 0 && <Spacer height={before} />}
        <tbody role="rowgroup">
          {items.map(({ index, key }) => {
            const row = rows[index]
            return (
              row && (
                <tr role="row" key={key} ref={virtual.measureElement} data-index={index} aria-rowindex={index + 2}>
                  <RowCells row={row} columns={columns} details={details} hasMachines={hasMachines} />
                </tr>
              )
            )
          })}
        </tbody>
        {after > 0 && <Spacer height={after} />}
      </table>
      <div className="more sticks">
        <span className="num" data-range>
          {words.range(formats.number((first?.index ?? 0) + 1), formats.number(seenTo + 1), formats.number(total))}
        </span>
        <Button
          icon="up"
          onClick={() => {
            virtual.scrollToIndex(0)
            scrollTo(0, 0)
            onTop()
          }}
        >
          {words.top}
        </Button>
      </div>
    </>
  )
}

/** In place of rows that nobody sees. */
function Spacer({ height }: { height: number }) {
  return (
    <tbody aria-hidden="true" className="spacer">
      <tr>
        <td style={{ height }} />
      </tr>
    </tbody>
  )
}
