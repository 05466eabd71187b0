import { type ReactNode, Suspense, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { lateFile } from '../parts/late-file.ts'
import { lateParts } from '../parts/late-parts.tsx'
import { useSurroundings } from '../surroundings.ts'
import { ResultIcon } from './result-icon.tsx'

const sheets = lateParts(lateFile(() => import('../overlays/sheet.tsx')))
const Sheet = sheets.part('Sheet')

interface FilterSheetProps {
  /** How many filters are set. */
  active: number
  /** The label of the sheet's button: how many rows the list now has. */
  show: string
  children: ReactNode
}

/** On a phone, a button with the number of set filters, which opens them as a sheet from below. Elsewhere it is not shown. */
export function FilterSheet({ active, show, children }: FilterSheetProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.table
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button
        className="filters"
        aria-haspopup="dialog"
        aria-expanded={open}
        onPointerDown={() => void sheets.bring().catch(() => {})}
        onClick={() => setOpen(true)}
      >
        <ResultIcon name="tune" />
        {words.filters}{' '}
        {active > 0 && (
          <span className="cnt num">
            {formats.number(active)}
            <span className="vh"> {words.active(active)}</span>
          </span>
        )}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <Sheet heading={words.filters} done={show} onClose={() => setOpen(false)}>
            {children}
          </Sheet>
        </Suspense>
      )}
    </>
  )
}
