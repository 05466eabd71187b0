import { useEffect, useId, useRef, useState } from 'react'
import { useSurroundings } from '../surroundings.ts'
import { Button } from './button.tsx'

interface CopyTextProps {
  value: string
  label: string
  button: string
  copied: string
  /** `on-demand`: the text field is shown only if the clipboard is blocked. */
  field: 'shown' | 'on-demand'
}

/** A text to copy. If the host's frame blocks the clipboard, the text is selected for copying by hand. */
export function CopyText({ value, label, button, copied, field }: CopyTextProps) {
  const { host, texts } = useSurroundings()
  const [blocked, setBlocked] = useState(0)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()

  useEffect(() => {
    if (blocked > 0) input.current?.select()
  }, [blocked])

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(value)
      host.toast({ title: copied, kind: 'success' })
    } catch {
      setBlocked((times) => times + 1)
    }
  }

  return (
    <>
      <div className="copy">
        {(field === 'shown' || blocked > 0) && (
          <>
            <label className="vh" htmlFor={id}>
              {label}
            </label>
            <input
              ref={input}
              id={id}
              className="in"
              readOnly
              value={value}
              onFocus={(event) => event.target.select()}
            />
          </>
        )}
        <Button {...(field === 'shown' && { look: 'go' })} icon="copy" onClick={copy}>
          {button}
        </Button>
      </div>
      <div role="status">{blocked > 0 && <p className="small">{texts.copyByHand}</p>}</div>
    </>
  )
}
