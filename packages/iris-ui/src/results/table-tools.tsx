import type { ResultColumn, RunResult } from '@standin/client'
import { type ComponentProps, useId, useState } from 'react'
import { Select } from '../forms/field.tsx'
import { Button } from '../parts/button.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { headWords, isNumeric } from './cell-words.ts'
import { GoToRow } from './go-to-row.tsx'
import { ResultIcon } from './result-icon.tsx'
import { useTypedAddress } from './use-typed-address.ts'

interface TableToolsProps {
  columns: readonly ResultColumn[]
  /** Columns to sort by where the table has no visible head. */
  sorted: readonly ResultColumn[]
  facets: RunResult['facets']
  /** Some rows are new since the last run. */
  hasNew: boolean
  hasMap: boolean
  /** Of a long list, whose foot is far away on a phone. */
  goTo: ComponentProps<typeof GoToRow> | undefined
}

/** Search and filters in one line above the rows; on a phone, filters and order are behind a button. */
export function TableTools({ columns, sorted, facets, hasNew, hasMap, goTo }: TableToolsProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const id = useId()
  const [address, setAddress] = useAddressState()
  const [typed, setTyped] = useTypedAddress('q')
  const [open, setOpen] = useState(false)
  const filters = facets.flatMap(({ key, values }) => {
    const column = columns.find((one) => one.key === key && one.filterable)
    return column && values.length > 1 ? [{ column, values }] : []
  })
  const active = [...address.keys()].filter((key) => key === 'new' || key.startsWith('f.')).length

  return (
    <search className={open ? 'tools one open' : 'tools one'}>
      <SearchField label={words.find} short={words.search} value={typed} onChange={setTyped} />
      {filters.map(({ column, values }) => {
        const chosen = address.get(`f.${column.key}`) ?? ''
        return (
          <div className={chosen ? 'one-filter set' : 'one-filter'} key={column.key}>
            <label className="vh" htmlFor={`${id}-${column.key}`}>
              {headWords(column, formats)}
            </label>
            <Select
              id={`${id}-${column.key}`}
              value={chosen}
              onChange={(value) => setAddress({ [`f.${column.key}`]: value || undefined, row: undefined })}
            >
              <option value="">{headWords(column, formats)}</option>
              {values.map(({ value, message, rows }) => (
                <option key={value} value={value}>
                  {message || words.unknown} ({formats.number(rows)})
                </option>
              ))}
            </Select>
          </div>
        )
      })}
      <div className="one-filter in-order">
        <label className="vh" htmlFor={`${id}-order`}>
          {words.order}
        </label>
        <Select
          id={`${id}-order`}
          value={address.get('sort') ?? ''}
          onChange={(sort) => setAddress({ sort: sort || undefined, row: undefined })}
        >
          <option value="">{words.ownOrder}</option>
          {sorted.map((column) =>
            [column.key, `-${column.key}`].map((sort) => (
              <option key={sort} value={sort}>
                {words.sortedBy(headWords(column, formats), orderOf(column), sort !== column.key)}
              </option>
            )),
          )}
        </Select>
      </div>
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
      <Button className="filters" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ResultIcon name="tune" />
        {words.filters}{' '}
        {active > 0 && (
          <span className="cnt num">
            {formats.number(active)}
            <span className="vh"> {words.active(active)}</span>
          </span>
        )}
      </Button>
      {hasMap && <ListOrMap />}
    </search>
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
