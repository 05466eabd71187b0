import { useId, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { useSurroundings } from '../surroundings.ts'

/** A number is limited to the existing rows; anything else is ignored. */
export function GoToRow({ total, onGo }: { total: number; onGo(index: number): void }) {
  const words = useSurroundings().texts.table
  const id = useId()
  const [typed, setTyped] = useState('')
  return (
    <form
      className="go-to"
      onSubmit={(event) => {
        event.preventDefault()
        const row = Number.parseInt(typed.replaceAll(/\D/g, ''), 10)
        if (row > 0) onGo(Math.min(row, total) - 1)
      }}
    >
      <label htmlFor={id}>{words.goTo}</label>
      <input
        id={id}
        className="in num"
        inputMode="numeric"
        autoComplete="off"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      <Button type="submit">{words.go}</Button>
    </form>
  )
}
