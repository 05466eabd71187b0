import { type ReactNode, use, useMemo } from 'react'
import { SurroundingsContext, useFirstSurroundings } from '../surroundings.ts'
import type { AppWords, Texts } from './en.ts'
import { allTexts } from './texts-for.ts'

/** The surroundings of a late part: with the texts of all pages. */
export function WithAllTexts({ children }: { children: ReactNode }) {
  const given = allTexts(useFirstSurroundings().texts.language)
  // No hook may follow: texts that come while React waits are given without `use` when it continues, and then it takes the
  // next hook for one that it knows.
  const textsOf = given instanceof Promise ? use(given) : given
  return <SurroundedBy textsOf={textsOf}>{children}</SurroundedBy>
}

function SurroundedBy({ textsOf, children }: { textsOf: (of: AppWords) => Texts; children: ReactNode }) {
  const first = useFirstSurroundings()
  const surroundings = useMemo(
    () => ({ ...first, texts: { ...textsOf(first.app), ofAction: first.texts.ofAction } }),
    [first, textsOf],
  )
  return <SurroundingsContext value={surroundings}>{children}</SurroundingsContext>
}
