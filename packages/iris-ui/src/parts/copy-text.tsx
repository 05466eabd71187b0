import { useId, useRef } from 'react'
import { useSurroundings } from '../surroundings.ts'
import { Button } from './button.tsx'

interface CopyTextProps {
  value: string
  label: string
  button: string
  copied: string
}

/** A text to take along. Where the host's frame forbids the clipboard, the text is selected instead. */
export function CopyText({ value, label, button, copied }: CopyTextProps) {
  const { host } = useSurroundings()
  const field = useRef<HTMLInputElement>(null)
  const id = useId()

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value)
      host.toast({ title: copied, kind: 'success' })
    } catch {
      field.current?.focus()
      field.current?.select()
    }
  }

  return (
    <div className="copy">
      <label className="vh" htmlFor={id}>
        {label}
      </label>
      <input ref={field} id={id} className="in" readOnly value={value} onFocus={(event) => event.target.select()} />
      <Button look="go" icon="copy" onClick={copy}>
        {button}
      </Button>
    </div>
  )
}
