import type { ResultRow } from '@standin/client'
import { use } from 'react'
import { useSurroundings } from '../surroundings.ts'
import { ChosenRowsContext } from './chosen-rows.ts'

/** Ticked while the row is part of the change. `words` say which row it is. */
export function RowChoice({ row, words }: { row: ResultRow; words: string }) {
  const { texts } = useSurroundings()
  const chosen = use(ChosenRowsContext)
  if (!chosen) return null
  const isOut = chosen.isLeftOut(row)
  return (
    <label className="choice">
      <input
        type="checkbox"
        checked={!isOut}
        disabled={!isOut && !chosen.mayLeaveOut}
        onChange={() => chosen.turn(row)}
      />
      <span className="vh">{texts.preview.include(words)}</span>
    </label>
  )
}
