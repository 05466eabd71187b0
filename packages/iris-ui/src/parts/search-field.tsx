import { useEffect, useId, useRef } from 'react'
import { Icon } from './icon.tsx'

/** The page's search: `/` goes to it while no field has the focus. */
export function SearchField({
  label,
  short = label,
  value,
  onChange,
}: {
  label: string
  /** In a narrow field. */
  short?: string
  value: string
  onChange(text: string): void
}) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const at = document.activeElement
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      if (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement) return
      event.preventDefault()
      input.current?.focus()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])

  return (
    <div className="find">
      <label className="vh" htmlFor={id}>
        {label}
      </label>
      <Icon name="find" />
      <input
        ref={input}
        className="in"
        id={id}
        type="search"
        autoComplete="off"
        placeholder={short}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
