import type { ResultRow, Run } from '@standin/client'
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type FocusEvent, Fragment, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { openRowOf } from './asked-of-address.ts'
import { GoToRow } from './go-to-row.tsx'
import type { Asked } from './input-of.ts'
import { List, type ListProps, RowCells, rowClass } from './table-parts.tsx'
import { useResultWindows } from './use-result-windows.ts'
import { useRowHeight } from './use-row-height.ts'
import { withKept } from './with-kept.ts'

interface VirtualRowsProps extends ListProps {
  run: Run
  asked: Asked
  /** The loaded rows; others are loaded when they become visible. */
  firstRows: readonly ResultRow[]
  total: number
  /** The index of the row to focus, from 0, until it is. */
  goingTo: number | undefined
  onGo(index: number): void
  onThere(): void
  onTop(): void
}

/** The height of the tabs and the table's head, which cover rows. */
const HEADS_PX = 104

/** Draws the visible rows, all of one height, and keeps the table's full height and row count. */
export function VirtualRows(props: VirtualRowsProps) {
  const { run, asked, firstRows, total, goingTo, onGo, onThere, onTop, ...list } = props
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const nowMs = useNow(60_000)
  const table = useRef<HTMLTableElement>(null)
  const [address] = useAddressState()
  const open = openRowOf(address)
  const [offset, setOffset] = useState(0)
  const [focused, setFocused] = useState<number>()
  const rangeExtractor = useCallback(
    (range: Range) => withKept(defaultRangeExtractor(range), focused, range.count),
    [focused],
  )

  useLayoutEffect(() => {
    const measure = () => table.current && setOffset(table.current.getBoundingClientRect().top + scrollY)
    measure()
    // Rotating a tablet or a line of filters moves the table.
    const moved = new ResizeObserver(measure)
    moved.observe(document.body)
    return () => moved.disconnect()
  }, [])

  const rowPx = useRowHeight(table)
  const virtual = useWindowVirtualizer({
    count: total,
    estimateSize: () => rowPx,
    // Rows are drawn, and measured, before anyone scrolls.
    initialRect: { width: innerWidth, height: innerHeight },
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
  const firstSeen = useRef(0)
  useLayoutEffect(() => {
    virtual.measure()
    // Another width: the same rows stay in view.
    if (firstSeen.current > 0) scrollToIndex(firstSeen.current, { align: 'start' })
  }, [rowPx])
  useLayoutEffect(() => {
    firstSeen.current = virtual.range?.startIndex ?? 0
  })
  const question = JSON.stringify(asked)
  const lastQuestion = useRef(question)
  useLayoutEffect(() => {
    if (lastQuestion.current === question) return
    lastQuestion.current = question
    // Other rows, or in another order: from the first one on.
    if ((table.current?.getBoundingClientRect().top ?? 0) < 0) table.current?.scrollIntoView()
  }, [question])
  const lastOpen = useRef(open)
  useEffect(() => {
    // Previous and next are followed by the list.
    if (open !== undefined && open !== lastOpen.current) scrollToIndex(open, { align: 'auto' })
    lastOpen.current = open
  }, [open, scrollToIndex])

  useEffect(() => {
    if (goingTo !== undefined) scrollToIndex(goingTo, { align: 'center' })
  }, [goingTo, scrollToIndex])
  const isDrawn = items.some(({ index }) => index === goingTo && rowAt(index) !== undefined)
  useEffect(() => {
    if (goingTo === undefined || !isDrawn) return
    table.current?.querySelector<HTMLElement>(`[data-index="${goingTo}"] a`)?.focus({ preventScroll: true })
    onThere()
  }, [goingTo, isDrawn, onThere])

  return (
    <>
      <List {...list} ref={table} rowCount={total}>
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
                  style={row ? undefined : { height: rowPx }}
                  className={row && rowClass(row, index === open)}
                  data-index={index}
                  aria-rowindex={index + 2}
                >
                  {row ? (
                    <RowCells row={row} index={index} isOpen={index === open} columns={list.columns} nowMs={nowMs} />
                  ) : (
                    <td role="cell" className="coming" aria-busy="true">
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
      </List>
      <div className="more sticks">
        <span className="num" data-range>
          {words.range(
            formats.number((virtual.range?.startIndex ?? 0) + 1),
            formats.number((virtual.range?.endIndex ?? 0) + 1),
            formats.number(total),
          )}
        </span>
        <GoToRow total={total} onGo={onGo} />
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
