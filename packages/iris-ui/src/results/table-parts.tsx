import type { ResultColumn, ResultRow } from '@standin/client'
import { hostPages } from '../host-pages.ts'
import { Icon } from '../parts/icon.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { cellWords, headWords, isNumeric } from './cell-words.ts'
import { sortAfterPress, sortOf } from './table-address.ts'

export interface RowsProps {
  columns: readonly ResultColumn[]
  /** What had no room, shown when a row is opened. */
  details: readonly ResultColumn[]
  rows: readonly ResultRow[]
  hasMachines: boolean
  heading: string
}

/** Not one of the result's own: which machine a row is about. */
export const machineColumn = { key: 'machine', kind: 'text', filterable: false } as const

export function TableHead({
  columns,
  hasMachines,
  sortable,
}: Pick<RowsProps, 'columns' | 'hasMachines'> & { sortable: boolean }) {
  const { texts, formats } = useSurroundings()
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1}>
        {hasMachines && (
          <Head column={machineColumn} words={texts.table.machine} className="machine" sortable={sortable} />
        )}
        {columns.map((column) => (
          <Head
            key={column.key}
            column={column}
            words={headWords(column, formats)}
            className={isNumeric(column) ? 'n' : undefined}
            sortable={sortable}
          />
        ))}
      </tr>
    </thead>
  )
}

interface HeadProps {
  column: Pick<ResultColumn, 'key' | 'kind'>
  words: string
  className: string | undefined
  sortable: boolean
}

function Head({ column, words, className, sortable }: HeadProps) {
  const [address, setAddress] = useAddressState()
  const sort = sortOf(address)
  const sorted = sort?.key === column.key ? (sort.descending ? 'descending' : 'ascending') : undefined
  return (
    <th role="columnheader" scope="col" className={className} aria-sort={sortable ? (sorted ?? 'none') : undefined}>
      {sortable ? (
        <button type="button" onClick={() => setAddress({ sort: sortAfterPress(sort, column) })}>
          {words}
          {sorted && <Icon name={sort?.descending ? 'down' : 'up'} size="sm" />}
        </button>
      ) : (
        words
      )}
    </th>
  )
}

type RowCellsProps = Pick<RowsProps, 'columns' | 'details' | 'hasMachines'> & { row: ResultRow }

export function RowCells({ row, columns, details, hasMachines }: RowCellsProps) {
  const { texts, formats } = useSurroundings()
  const keyColumn = hasMachines ? undefined : columns.findLast(isNumeric)
  return (
    <>
      {hasMachines && <MachineCell row={row} details={details} />}
      {columns.map((column, index) => {
        const value = row.cells[column.key]
        const words = cellWords(column, value, { formats, texts })
        const number = isNumeric(column)
        const first = index === 0 && !hasMachines
        const className = [number && 'n', column === keyColumn && 'key', value == null && 'none']
          .filter(Boolean)
          .join(' ')
        return (
          <td
            key={column.key}
            role="cell"
            className={className || undefined}
            data-l={first ? undefined : headWords(column, formats)}
          >
            {first ? (
              <>
                <b>{words}</b>
                <RowDetails row={row} details={details} />
              </>
            ) : number ? (
              words
            ) : (
              <span className="site" title={words}>
                {words}
              </span>
            )}
          </td>
        )
      })}
    </>
  )
}

function MachineCell({ row, details }: Pick<RowCellsProps, 'row' | 'details'>) {
  const { host, texts } = useSurroundings()
  const { machine, isNew } = row
  return (
    <td role="cell">
      {machine ? (
        <>
          {/* Semantically a link; the host does the navigation, so it has no address. */}
          <button
            type="button"
            role="link"
            className="mach"
            data-machine={machine.id}
            onClick={() => host.navigateInHost(hostPages.machine(machine.id))}
          >
            {machine.name}
            {'\u00a0'}
            <Icon name="external" size="sm" />
            <span className="vh"> {texts.shell.opensInManager}</span>
          </button>{' '}
          {isNew && <span className="new">{texts.table.newRow}</span>}
          {machine.detail && <div className="d">{machine.detail}</div>}
        </>
      ) : (
        <span className="muted">–</span>
      )}
      <RowDetails row={row} details={details} />
    </td>
  )
}

/** The details beyond the columns; nothing if there are none. */
function RowDetails({ row, details }: Pick<RowCellsProps, 'row' | 'details'>) {
  const { texts, formats } = useSurroundings()
  const known = details.filter(({ key }) => row.cells[key] != null && row.cells[key] !== '')
  if (known.length === 0) return null
  const about = row.machine?.name
  return (
    <details className="row-details">
      <summary>
        <Icon name="right" />
        <span className="vh">
          {texts.table.details} {about}
        </span>
      </summary>
      <dl className="facts">
        {known.map((column) => [
          <dt key={`${column.key} dt`}>{headWords(column, formats)}</dt>,
          <dd key={column.key}>{cellWords(column, row.cells[column.key], { formats, texts })}</dd>,
        ])}
      </dl>
    </details>
  )
}
