import type { ResultColumn, ResultRow } from '@standin/client'
import { type CSSProperties, memo, type ReactNode } from 'react'
import { useNow } from '../formats/use-now.ts'
import { Icon } from '../parts/icon.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { openRowOf } from './asked-of-address.ts'
import { cellWords, headWords, isNumeric } from './cell-words.ts'
import { gridOf, type ListColumns, type ShownColumn } from './columns-to-show.ts'
import { ResultIcon } from './result-icon.tsx'
import { RowChoice } from './row-choice.tsx'
import { RowLink } from './row-link.tsx'
import { sortAfterPress, sortOf } from './table-address.ts'

/** Not one of the result's own: which machine a row is about. */
export const machineColumn = { key: 'machine', kind: 'text', filterable: false } as const

export interface ListProps {
  columns: ListColumns
  heading: string
  sortable: boolean
}

/** A table whose rows are separate grids, so that they make room for what is beside them. */
export function List({
  columns,
  heading,
  sortable,
  rowCount,
  ref,
  children,
}: ListProps & { rowCount?: number; ref?: React.Ref<HTMLTableElement>; children: ReactNode }) {
  const style = { '--cols': gridOf(columns) } as CSSProperties
  return (
    <table
      ref={ref}
      className={rowCount === undefined ? 'list' : 'list even'}
      role="table"
      aria-rowcount={rowCount === undefined ? undefined : rowCount + 1}
      style={style}
    >
      <caption className="vh">{heading}</caption>
      <ListHead columns={columns} sortable={sortable} />
      {children}
    </table>
  )
}

export function PlainList({ rows, ...list }: ListProps & { rows: readonly ResultRow[] }) {
  const [address] = useAddressState()
  const nowMs = useNow(60_000)
  const open = openRowOf(address)
  return (
    <List {...list}>
      <tbody role="rowgroup">
        {rows.map((row, index) => (
          <tr
            role="row"
            key={row.id}
            className={rowClass(row, open === index)}
            data-index={list.sortable ? index : undefined}
          >
            <RowCells
              row={row}
              index={list.sortable ? index : undefined}
              isOpen={open === index}
              columns={list.columns}
              nowMs={nowMs}
            />
          </tr>
        ))}
      </tbody>
    </List>
  )
}

export const rowClass = ({ isNew }: ResultRow, isOpen: boolean) =>
  [isNew && 'isnew', isOpen && 'open'].filter(Boolean).join(' ') || undefined

function ListHead({ columns: { hasMachines, shown, tail }, sortable }: Pick<ListProps, 'columns' | 'sortable'>) {
  const { texts, formats, langOf } = useSurroundings()
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1}>
        {hasMachines && <Head column={machineColumn} words={texts.table.machine} sortable={sortable} />}
        {shown.map(({ column }) => (
          <Head
            key={column.key}
            column={column}
            words={headWords(column, formats)}
            lang={langOf(column.title)}
            className={isNumeric(column) ? 'n' : undefined}
            sortable={sortable}
          />
        ))}
        {tail && (
          <th role="columnheader" scope="col" className="c-tail">
            <span className="vh" lang={langOf(tail.column.title)}>
              {tail.column.title}
            </span>
          </th>
        )}
      </tr>
    </thead>
  )
}

interface HeadProps {
  column: Pick<ResultColumn, 'key' | 'kind'>
  words: string
  lang?: 'en' | undefined
  className?: string | undefined
  sortable: boolean
}

function Head({ column, words, lang, className, sortable }: HeadProps) {
  const [address, setAddress] = useAddressState()
  const sort = sortOf(address)
  const sorted = sort?.key === column.key ? (sort.descending ? 'descending' : 'ascending') : undefined
  const press = () => setAddress({ sort: sortAfterPress(sort, column), row: undefined })
  return (
    <th
      role="columnheader"
      scope="col"
      lang={lang}
      className={className}
      aria-sort={sortable ? (sorted ?? 'none') : undefined}
    >
      {sortable ? (
        <button type="button" onClick={press}>
          {words}
          {sorted && <Icon name={sort?.descending ? 'down' : 'up'} size="sm" />}
        </button>
      ) : (
        words
      )}
    </th>
  )
}

interface RowCellsProps {
  row: ResultRow
  index: number | undefined
  isOpen: boolean
  columns: ListColumns
  nowMs: number
}

/**
 * Its lines are paragraphs: Orca never gets past a name of two lines that is only a span over another one.
 * Drawn again only where something in it has changed: a long list is drawn several times until its height is known.
 */
export const RowCells = memo(function RowCells({ row, index, isOpen, columns, nowMs }: RowCellsProps) {
  const { hasMachines, shown, tail, icons } = columns
  const { texts, formats, langOf } = useSurroundings()
  const told = shown
    .slice(0, 2)
    .map(({ column }) => cellWords(column, row.cells[column.key], { texts, formats, nowMs }))
  const link = (words: string) => (
    <>
      <RowChoice row={row} words={[...new Set([words, ...told])].join(', ')} />
      <RowLink row={row} index={index} isOpen={isOpen}>
        <bdi lang={langOf(words)}>{words}</bdi>
      </RowLink>
      {row.isNew && (
        <>
          {' '}
          <span className="new">{texts.table.newRow}</span>
        </>
      )}
    </>
  )
  const tailWords = tail && row.cells[tail.column.key]
  const second = tail && shown[tail.under]?.under
  const isUnderOneLine = !second || row.cells[second.key] == null
  return (
    <>
      {hasMachines && (
        <th role="rowheader" scope="row" className="c-machine">
          <p className="l">{row.machine ? link(row.machine.name) : '–'}</p>
          <p className="d">
            <bdi>{row.machine?.detail}</bdi>
          </p>
        </th>
      )}
      {shown.map((one, nth) => (
        <Cell
          key={one.column.key}
          row={row}
          shown={one}
          nowMs={nowMs}
          icon={nth === 0 && icons ? iconOf(icons, row) : undefined}
          link={nth === 0 && !hasMachines ? link : undefined}
        />
      ))}
      {tail && (
        <td
          role="cell"
          className={isUnderOneLine ? 'c-tail lifted' : 'c-tail'}
          style={{ '--under': tail.under + (hasMachines ? 2 : 1) } as CSSProperties}
        >
          {tailWords != null && (
            <>
              <span className="muted" lang={langOf(tail.column.title)}>
                {tail.column.title}
              </span>{' '}
              <bdi lang={langOf(String(tailWords))}>{tailWords}</bdi>
            </>
          )}
        </td>
      )}
    </>
  )
})

interface CellProps {
  row: ResultRow
  shown: ShownColumn
  nowMs: number
  icon: ReturnType<typeof iconOf>
  link: ((words: string) => ReactNode) | undefined
}

function Cell({ row, shown: { column, under }, nowMs, icon, link }: CellProps) {
  const { texts, formats, langOf } = useSurroundings()
  const value = row.cells[column.key]
  const words = cellWords(column, value, { formats, texts, nowMs })
  const second = under && underWords(under, row, { texts, formats, nowMs })
  const hasTitle = isNumeric(column) || column.kind === 'moment'
  const className = [
    isNumeric(column) ? 'n' : column.kind === 'moment' ? 'c-moment' : 'c-text',
    icon && 'c-why',
    value == null && 'none',
  ]
  return (
    <td role="cell" className={className.filter(Boolean).join(' ')}>
      {icon && <ResultIcon name={icon} />}
      <p className="l">
        {hasTitle && (
          <span className="pl" lang={langOf(column.title)}>
            {headWords(column, formats)}{' '}
          </span>
        )}
        {link ? link(words) : <bdi lang={langOf(words)}>{words}</bdi>}
      </p>
      {under && (
        <p className="d" lang={langOf(second)}>
          {second}
        </p>
      )}
    </td>
  )
}

/** `Excavator`; `Since 29 Sept, 14:00`. */
export function underWords(
  column: ResultColumn,
  row: ResultRow,
  around: Parameters<typeof cellWords>[2],
): string | undefined {
  const value = row.cells[column.key]
  if (value == null || value === '') return undefined
  const words = cellWords(column, value, { ...around, withClock: true })
  return column.kind === 'text' ? words : `${column.title} ${words}`
}

export const iconOf = (icons: ResultColumn, { cells }: ResultRow) =>
  icons.icons?.find(({ of }) => of === cells[icons.key])?.icon
