import { Filter } from '../forms/filter.tsx'
import { SearchField } from '../parts/search-field.tsx'
import { FilterSheet } from '../results/filter-sheet.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import type { Range } from './activity-range.ts'

interface ActivityToolsProps {
  typed: string
  onType(text: string): void
  range: Range
  /** How many entries there are, in words. */
  show: string
}

/** Search, and the filters who, what and when, which are part of the address. */
export function ActivityTools({ typed, onType, range, show }: ActivityToolsProps) {
  const { texts } = useSurroundings()
  const words = texts.activity
  const [address] = useAddressState()
  const active = ['who', 'what', 'from'].filter((key) => address.get(key)).length
  return (
    <search className="tools short">
      <SearchField label={words.find} short={texts.table.search} value={typed} onChange={onType} />
      <Filters range={range} />
      <FilterSheet active={active} show={show}>
        <Filters range={range} />
      </FilterSheet>
    </search>
  )
}

function Filters({ range }: Pick<ActivityToolsProps, 'range'>) {
  const words = useSurroundings().texts.activity
  const [address, setAddress] = useAddressState()
  return (
    <>
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
    </>
  )
}
