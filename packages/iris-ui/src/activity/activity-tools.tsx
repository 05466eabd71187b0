import { useId, useState } from 'react'
import { Select } from '../forms/field.tsx'
import { Button } from '../parts/button.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import type { Range } from './activity-range.ts'

interface ActivityToolsProps {
  typed: string
  onType(text: string): void
  range: Range
}

/** The filters who, what and when, which are part of the address. */
export function ActivityTools({ typed, onType, range }: ActivityToolsProps) {
  const { texts } = useSurroundings()
  const words = texts.activity
  const [address, setAddress] = useAddressState()
  const [open, setOpen] = useState(false)

  return (
    <search className={open ? 'tools short open' : 'tools short'}>
      <SearchField label={words.find} value={typed} onChange={onType} />
      <Filter
        label={words.who}
        value={address.get('who') ?? ''}
        onChange={(who) => setAddress({ who })}
        options={[
          ['', words.everybody],
          ['people', words.people],
          ['schedules', words.schedules],
          ['services', words.services],
          ['trackunit', words.trackunit],
          ['standin', words.standin],
        ]}
      />
      <Filter
        label={words.what}
        value={address.get('what') ?? ''}
        onChange={(what) => setAddress({ what })}
        options={[
          ['', words.everything],
          ['changed', words.onlyChanges],
          ['sent', words.onlySent],
          ['access', words.onlyAccess],
        ]}
      />
      <Filter
        label={words.when}
        value={range}
        onChange={(from) => setAddress({ from: from === 'month' ? undefined : from })}
        options={[
          ['today', words.today],
          ['week', words.week],
          ['month', words.month],
          ['ever', words.ever],
        ]}
      />
      <Button className="filters" aria-expanded={open} onClick={() => setOpen(!open)}>
        {texts.table.filters}
      </Button>
    </search>
  )
}

interface FilterProps {
  label: string
  value: string
  onChange(value: string): void
  options: readonly (readonly [string, string])[]
}

function Filter({ label, value, onChange, options }: FilterProps) {
  const id = useId()
  return (
    <div className="one-filter">
      <label className="vh" htmlFor={id}>
        {label}
      </label>
      <Select id={id} value={value} onChange={onChange}>
        {options.map(([option, words]) => (
          <option key={option} value={option}>
            {words}
          </option>
        ))}
      </Select>
    </div>
  )
}
