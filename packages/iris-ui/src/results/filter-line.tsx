import type { ResultColumn, RunResult } from '@standin/client'
import { Button } from '../parts/button.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import { withoutFilters } from './asked-of-address.ts'
import type { Asked } from './input-of.ts'
import { placeWords } from './map-to-draw.ts'

interface FilterLineProps {
  asked: Asked
  columns: readonly ResultColumn[]
  /** The whole result. */
  first: RunResult
  /** How many match, once known. */
  found: RunResult | undefined
  hasMachines: boolean
  /** All rows are asked for again; the button that did it is gone. */
  onAll(): void
}

/** `9 of 33 machines: Service overdue`, and the way back. Announced, since the list changes elsewhere on the page. */
export function FilterLine({ asked, columns, first, found, hasMachines, onAll }: FilterLineProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const [address, setAddress] = useAddressState()
  const { search, filter = {}, onlyNew, within } = asked
  const area = within === 'nowhere' ? words.nowhere : within && placeWords(found?.map?.places ?? [], { texts, formats })
  const filters = [
    ...columns.flatMap(({ key }) => {
      const value = filter[key]
      if (value === undefined) return []
      const facet = first.facets.find((one) => one.key === key)?.values.find((one) => one.value === value)
      return [facet?.message || value]
    }),
    ...(onlyNew ? [words.onlyNewWords] : []),
    ...(area ? [area] : []),
    ...(search ? [words.quoted(search)] : []),
  ]
  const said = filters.length > 0 && (
    <>
      {words.filtered(formats.number(found?.total ?? 0), formats.number(first.total), first.total, hasMachines)}{' '}
      <b>
        <bdi>{filters.join(', ')}</bdi>
      </b>
    </>
  )
  return (
    <div className={said ? 'active' : undefined}>
      <span role="status">{found && said}</span>
      {/* The space is reserved while the number is loading, so that the rows do not jump. */}
      {!found && said && (
        <span className="unknown" aria-hidden="true">
          {said}
        </span>
      )}
      {said && (
        <Button
          look="quiet"
          icon="cross"
          onClick={() => {
            setAddress(withoutFilters(address))
            onAll()
          }}
        >
          {words.showAll(formats.number(first.total))}
        </Button>
      )}
    </div>
  )
}
