import type { ResultColumn, ResultRow, Run } from '@standin/client'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { useSurroundings } from '../surroundings.ts'
import { RowCells, TableHead } from './table-parts.tsx'
import type { Asked } from './use-result.ts'
import { useResultWindows } from './use-result-windows.ts'

interface VirtualRowsProps {
  run: Run
  asked: Asked
  columns: readonly ResultColumn[]
  details: readonly ResultColumn[]
  /** Those that are known already; the others come where they are looked at. */
  firstRows: readonly ResultRow[]
  total: number
  hasMachines: boolean
  heading: string
  /** The row to which somebody wants to jump, from 0, until it is there. */
  goingTo: number | undefined
  onThere(): void
  onTop(): void
}

const ROW_PX = 66

/** Draws the rows that are seen and keeps the table's full length for who scrolls, jumps or hears it. */
export default function VirtualRows(props: VirtualRowsProps) {
  const { run, asked, columns, details, firstRows, total, hasMachines, heading, goingTo, onThere, onTop } = props
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const table = useRef<HTMLTableElement>(null)
  const [offset, setOffset] = useState(0)

  useLayoutEffect(() => {
    const measure = () => table.current && setOffset(table.current.getBoundingClientRect().top + scrollY)
    measure()
    // A turned tablet or a chart that comes later moves the table.
    const moved = new ResizeObserver(measure)
    moved.observe(document.body)
    return () => moved.disconnect()
  }, [])

  const virtual = useWindowVirtualizer({
    count: total,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: offset,
  })
  const items = virtual.getVirtualItems()
  const first = items[0]
  const last = items.at(-1)
  const before = first ? first.start - offset : 0
  const after = last ? virtual.getTotalSize() - (last.end - offset) : 0
  const { rows, failed } = useResultWindows(run, asked, { from: first?.index ?? 0, to: last?.index ?? 0 })
  const rowAt = (index: number) => rows.get(index) ?? firstRows[index]

  const { scrollToIndex } = virtual
  useEffect(() => {
    if (goingTo !== undefined) scrollToIndex(goingTo, { align: 'center' })
  }, [goingTo, scrollToIndex])
  // Who jumps goes on from the row, not from the field.
  const isThere = goingTo !== undefined && rowAt(goingTo) !== undefined
  useEffect(() => {
    if (!isThere) return
    table.current
      ?.querySelector<HTMLElement>(`[data-index="${goingTo}"] :is(a, button)`)
      ?.focus({ preventScroll: true })
    onThere()
  }, [isThere, goingTo, onThere])

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
            const row = rowAt(index)
            return (
              <tr role="row" key={key} ref={virtual.measureElement} data-index={index} aria-rowindex={index + 2}>
                {row ? (
                  <RowCells row={row} columns={columns} details={details} hasMachines={hasMachines} />
                ) : (
                  <td role="cell" colSpan={columns.length + (hasMachines ? 1 : 0)} className="coming" aria-busy="true">
                    <span className="vh">{texts.connection.loading}</span>
                    <span className="sk" />
                    <span className="sk second" />
                  </td>
                )}
              </tr>
            )
          })}
        </tbody>
        {after > 0 && <Spacer height={after} />}
      </table>
      <div className="more sticks">
        <span className="num" data-range>
          {words.range(
            formats.number((virtual.range?.startIndex ?? 0) + 1),
            formats.number((virtual.range?.endIndex ?? 0) + 1),
            formats.number(total),
          )}
        </span>
        {failed && <span className="st bad">{texts.connection.partMissing}</span>}
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
