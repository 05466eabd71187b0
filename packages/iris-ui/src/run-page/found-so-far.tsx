import type { Run } from '@standin/client'
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { RowList } from '../results/row-list.tsx'
import { useResult } from '../results/use-result.ts'
import { useSurroundings } from '../surroundings.ts'

const FEW = 4

/** The first findings while the run works; their order may still change. */
export function FoundSoFar({ run }: { run: Run }) {
  const { texts, formats } = useSurroundings()
  const words = texts.run
  const { first } = useResult(run)
  const [isOpen, setOpen] = useState(false)
  if (!first || first.rows.length === 0) return null
  const shown = isOpen ? first.rows : first.rows.slice(0, FEW)
  const [few, all] = [formats.number(shown.length), formats.number(first.total)]
  return (
    <section className="sec" aria-labelledby="h-found">
      <div className="h2">
        <h2 id="h-found">{words.found}</h2>
        <span className="muted">{words.foundMayChange(first.total, all)}</span>
      </div>
      <RowList run={run} columns={first.columns} rows={shown} />
      {first.total > FEW && (
        <div className="more">
          <span>{words.foundShown(few, all)}</span>
          {!isOpen && (
            <Button onClick={() => setOpen(true)}>
              {words.showFound(formats.number(first.rows.length), first.rows.length >= first.total)}
            </Button>
          )}
        </div>
      )}
    </section>
  )
}
