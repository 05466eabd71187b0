import type { ResultColumn, RunResult } from '@standin/client'
import { useId, useState } from 'react'
import { Select } from '../forms/field.tsx'
import { Button } from '../parts/button.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { headWords, isNumeric } from './cell-words.ts'
import { useTypedAddress } from './use-typed-address.ts'

interface TableToolsProps {
  columns: readonly ResultColumn[]
  /** Columns to sort by where the table has no visible head. */
  sorted: readonly ResultColumn[]
  facets: RunResult['facets']
  /** Some rows are new since the last run. */
  hasNew: boolean
}

/** Search and filters above the rows; on a phone, filters and order are behind a button. */
export function TableTools({ columns, sorted, facets, hasNew }: TableToolsProps) {
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

  return (
    <search className={open ? 'tools short open' : 'tools short'}>
      <SearchField label={words.find} value={typed} onChange={setTyped} />
      {filters.map(({ column, values }) => (
        <div className="one-filter" key={column.key}>
          <label className="vh" htmlFor={`${id}-${column.key}`}>
            {headWords(column, formats)}
          </label>
          <Select
            id={`${id}-${column.key}`}
            value={address.get(`f.${column.key}`) ?? ''}
            onChange={(value) => setAddress({ [`f.${column.key}`]: value || undefined })}
          >
            <option value="">{words.every(headWords(column, formats))}</option>
            {values.map(({ value, message, rows }) => (
              <option key={value} value={value}>
                {message || words.unknown} ({formats.number(rows)})
              </option>
            ))}
          </Select>
        </div>
      ))}
      <div className="one-filter in-order">
        <label className="vh" htmlFor={`${id}-order`}>
          {words.order}
        </label>
        <Select
          id={`${id}-order`}
          value={address.get('sort') ?? ''}
          onChange={(sort) => setAddress({ sort: sort || undefined })}
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
      {hasNew && (
        <label className="check">
          <input
            type="checkbox"
            checked={address.get('new') !== null}
            onChange={({ target }) => setAddress({ new: target.checked ? '1' : undefined })}
          />
          <span>{words.onlyNew}</span>
        </label>
      )}
      <Button className="filters" aria-expanded={open} onClick={() => setOpen(!open)}>
        {words.filters}
      </Button>
    </search>
  )
}

const orderOf = (column: ResultColumn) => (isNumeric(column) ? 'size' : column.kind === 'moment' ? 'time' : 'words')
