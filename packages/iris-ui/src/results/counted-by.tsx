import { useId } from 'react'
import { Select } from '../forms/field.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import type { DrawnChart } from './charts-by-column.ts'

interface CountedByProps {
  /** What the result's own chart is called. */
  own: string
  others: readonly { key: string; chart: DrawnChart }[]
}

/** The address says which chart is shown. */
export function CountedBy({ own, others }: CountedByProps) {
  const words = useSurroundings().texts.table
  const id = useId()
  const [address, setAddress] = useAddressState()
  return (
    <div className="counted-by">
      <label className="vh" htmlFor={id}>
        {words.chart}
      </label>
      <Select id={id} value={address.get('by') ?? ''} onChange={(by) => setAddress({ by: by || undefined })}>
        <option value="">{own}</option>
        {others.map(({ key, chart }) => (
          <option key={key} value={key}>
            {chart.title}
          </option>
        ))}
      </Select>
    </div>
  )
}
