import { useId } from 'react'
import { useSurroundings } from '../surroundings.ts'
import { Select } from './field.tsx'

interface FilterProps {
  label: string
  value: string
  onChange(value: string): void
  /** The first option means no filter. */
  options: readonly (readonly [value: string, words: string])[]
  className?: string
}

/** A select in a line of filters, where its first option is its name; in a sheet, the name is above it. */
export function Filter({ label, value, onChange, options, className }: FilterProps) {
  const id = useId()
  const { langOf } = useSurroundings()
  return (
    <div className={['one-filter', className].filter(Boolean).join(' ')}>
      <label htmlFor={id} lang={langOf(label)}>
        {label}
      </label>
      <Select id={id} value={value} onChange={onChange}>
        {options.map(([option, words]) => (
          <option key={option} value={option} lang={langOf(words.replace(/ \([^)]*\)$/, ''))}>
            {words}
          </option>
        ))}
      </Select>
    </div>
  )
}
