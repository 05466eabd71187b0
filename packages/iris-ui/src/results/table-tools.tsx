import type { ResultColumn, RunResult } from '@standin/client'
import type { ComponentProps } from 'react'
import { Filter } from '../forms/filter.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { headWords, isNumeric } from './cell-words.ts'
import { FilterSheet } from './filter-sheet.tsx'
import { GoToRow } from './go-to-row.tsx'
import { ResultIcon } from './result-icon.tsx'
import { useTypedAddress } from './use-typed-address.ts'

interface TableToolsProps extends FiltersProps {
  hasMap: boolean
  /** How many rows the list has. */
  total: number
}

/** Search and filters in one line above the rows; on a phone, filters and order are a sheet. */
export function TableTools({ hasMap, total, ...filters }: TableToolsProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const [address] = useAddressState()
  const [typed, setTyped] = useTypedAddress('q')
  const active = [...address.keys()].filter((key) => key === 'new' || key.startsWith('f.')).length

  return (
    <search className="tools one">
      <SearchField label={words.find} short={words.search} value={typed} onChange={setTyped} />
      <Filters {...filters} />
      <FilterSheet active={active} show={words.showRows(total, formats.number(total))}>
        <Filters {...filters} any={words.any} />
      </FilterSheet>
      {hasMap && <ListOrMap />}
    </search>
  )
}

interface FiltersProps {
  columns: readonly ResultColumn[]
  /** Columns to sort by where the table has no visible head. */
  sorted: readonly ResultColumn[]
  facets: RunResult['facets']
  /** Some rows are new since the last run. */
  hasNew: boolean
  /** Of a long list, whose foot is far away on a phone. */
  goTo: ComponentProps<typeof GoToRow> | undefined
  /** The label of a filter's first option; in a line it is the filter's name. */
  any?: string
}

function Filters({ columns, sorted, facets, hasNew, goTo, any }: FiltersProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const [address, setAddress] = useAddressState()
  const filters = facets.flatMap(({ key, values }) => {
    const column = columns.find((one) => one.key === key && one.filterable)
    return column && values.length > 1 ? [{ column, values }] : []
  })
  return (
    <>
      {filters.map(({ column, values }) => {
        const chosen = address.get(`f.${column.key}`) ?? ''
        const name = headWords(column, formats)
        return (
          <Filter
            key={column.key}
            {...(chosen && { className: 'set' })}
            label={name}
            value={chosen}
            onChange={(value) => setAddress({ [`f.${column.key}`]: value || undefined, row: undefined })}
            options={[
              ['', any ?? name],
              ...values.map(
                ({ value, message, rows }) => [value, `${message || words.unknown} (${formats.number(rows)})`] as const,
              ),
            ]}
          />
        )
      })}
      <Filter
        className="in-order"
        label={words.order}
        value={address.get('sort') ?? ''}
        onChange={(sort) => setAddress({ sort: sort || undefined, row: undefined })}
        options={[
          ['', words.ownOrder],
          ...sorted.flatMap((column) =>
            [column.key, `-${column.key}`].map(
              (sort) =>
                [sort, words.sortedBy(headWords(column, formats), orderOf(column), sort !== column.key)] as const,
            ),
          ),
        ]}
      />
      {goTo && (
        <div className="one-filter in-order">
          <GoToRow {...goTo} />
        </div>
      )}
      {hasNew && (
        <label className="check pill">
          <input
            type="checkbox"
            checked={address.get('new') !== null}
            onChange={({ target }) => setAddress({ new: target.checked ? '1' : undefined, row: undefined })}
          />
          <span>{words.onlyNew}</span>
        </label>
      )}
    </>
  )
}

function ListOrMap() {
  const words = useSurroundings().texts.table
  const [address, setAddress] = useAddressState()
  const isMap = address.get('view') === 'map'
  return (
    <div className="seg" role="group" aria-label={words.showAs}>
      <button type="button" aria-pressed={!isMap} onClick={() => setAddress({ view: undefined, near: undefined })}>
        <ResultIcon name="list" />
        <span>{words.list}</span>
      </button>
      <button type="button" aria-pressed={isMap} onClick={() => setAddress({ view: 'map', row: undefined })}>
        <ResultIcon name="pin" />
        <span>{words.asMap}</span>
      </button>
    </div>
  )
}

const orderOf = (column: ResultColumn) => (isNumeric(column) ? 'size' : column.kind === 'moment' ? 'time' : 'words')
