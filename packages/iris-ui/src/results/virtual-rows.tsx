import type { ResultColumn, ResultRow, Run } from '@standin/client'
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, Fragment, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { useSurroundings } from '../surroundings.ts'
import { RowCells, TableHead } from './table-parts.tsx'
import { useJump } from './use-jump.ts'
import type { Asked } from './use-result.ts'
import { useResultWindows } from './use-result-windows.ts'
import { useTypicalHeight } from './use-typical-height.ts'
import { withKept } from './with-kept.ts'

interface VirtualRowsProps {
  run: Run
  asked: Asked
  columns: readonly ResultColumn[]
  details: readonly ResultColumn[]
  /** The loaded rows; others are loaded when they become visible. */
  firstRows: readonly ResultRow[]
  total: number
  hasMachines: boolean
  heading: string
  /** The index of the row to jump to, from 0, until it is shown. */
  goingTo: number | undefined
  onThere(): void
  onTop(): void
}

/** The height of the tabs and the table's head, which cover rows. */
const HEADS_PX = 96

/** Draws the visible rows and keeps the table's full height and row count. */
export function VirtualRows(props: VirtualRowsProps) {
  const { run, asked, columns, details, firstRows, total, hasMachines, heading, goingTo, onThere, onTop } = props
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const table = useRef<HTMLTableElement>(null)
  const [offset, setOffset] = useState(0)
  const [focused, setFocused] = useState<number>()
  const rangeExtractor = useCallback(
    (range: Range) => withKept(defaultRangeExtractor(range), focused, range.count),
    [focused],
  )

  useLayoutEffect(() => {
    const measure = () => table.current && setOffset(table.current.getBoundingClientRect().top + scrollY)
    measure()
    // Rotating a tablet or a chart that loads later moves the table.
    const moved = new ResizeObserver(measure)
    moved.observe(document.body)
    return () => moved.disconnect()
  }, [])

  const rowPx = useTypicalHeight(table)
  const virtual = useWindowVirtualizer({
    count: total,
    estimateSize: () => rowPx,
    overscan: 8,
    scrollPaddingStart: HEADS_PX,
    scrollMargin: offset,
    rangeExtractor,
  })
  const items = virtual.getVirtualItems()
  const { rows, failed } = useResultWindows(
    run,
    asked,
    items.map(({ index }) => index),
  )
  const rowAt = (index: number) => rows.get(index) ?? firstRows[index]

  const { scrollToIndex } = virtual
  // Measurements of other rows or of another width do not apply.
  useLayoutEffect(() => {
    const at = virtual.range?.startIndex ?? 0
    virtual.measure()
    for (const row of table.current?.querySelectorAll<HTMLTableRowElement>('tr[data-index]:not(:has(.coming))') ?? [])
      virtual.measureElement(row)
    if (at > 0) scrollToIndex(at, { align: 'start' })
  }, [rowPx])
  const question = JSON.stringify(asked)
  const lastQuestion = useRef(question)
  useLayoutEffect(() => {
    if (lastQuestion.current === question) return
    lastQuestion.current = question
    // Other rows, or in another order: from the first one on.
    if ((table.current?.getBoundingClientRect().top ?? 0) < 0) table.current?.scrollIntoView()
  }, [question])
  const isDrawn = items.some(({ index }) => index === goingTo && rowAt(index) !== undefined)
  useJump({ table, goingTo, isDrawn, topPx: HEADS_PX, scrollToIndex, onThere })

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
        <tbody
          role="rowgroup"
          onFocus={({ target }) => setFocused(indexOfRow(target))}
          onBlur={(event) => isLeft(event) && setFocused(undefined)}
        >
          {items.map(({ index, key, start }, nth) => {
            const row = rowAt(index)
            return (
              <Fragment key={key}>
                <Gap height={start - (items[nth - 1]?.end ?? offset)} />
                <tr
                  role="row"
                  // Measured when it is there: only what is measured first is made up for while somebody scrolls up.
                  ref={row && virtual.measureElement}
                  style={row ? undefined : { height: rowPx }}
                  data-index={index}
                  aria-rowindex={index + 2}
                >
                  {row ? (
                    <RowCells row={row} columns={columns} details={details} hasMachines={hasMachines} />
                  ) : (
                    <td
                      role="cell"
                      colSpan={columns.length + (hasMachines ? 1 : 0)}
                      className="coming"
                      aria-busy="true"
                    >
                      <span className="vh">{texts.connection.loading}</span>
                      <span className="sk" />
                      <span className="sk second" />
                    </td>
                  )}
                </tr>
              </Fragment>
            )
          })}
          <Gap height={virtual.getTotalSize() + offset - (items.at(-1)?.end ?? offset)} />
        </tbody>
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

/** Space for rows out of view, inside the row group: a row that changed its group would lose the focus. */
function Gap({ height }: { height: number }) {
  if (height <= 0) return null
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it has the focus
    <tr aria-hidden="true" className="gap">
      <td style={{ height }} />
    </tr>
  )
}

const indexOfRow = (element: Element) => Number(element.closest('tr')?.dataset.index)

/** Only for other elements of the page: after another window the focus returns to the row. */
const isLeft = ({ currentTarget, relatedTarget }: FocusEvent) =>
  relatedTarget !== null && !currentTarget.contains(relatedTarget)
