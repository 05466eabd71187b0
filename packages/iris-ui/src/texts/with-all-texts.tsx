import { type ReactNode, use, useMemo } from 'react'
import { SurroundingsContext, useFirstSurroundings } from '../surroundings.ts'
import { allTexts } from './texts-for.ts'

/** The surroundings of a late part: with the texts of all pages. */
export function WithAllTexts({ children }: { children: ReactNode }) {
  const first = useFirstSurroundings()
  const textsOf = use(allTexts(first.texts.language))
  const surroundings = useMemo(
    () => ({ ...first, texts: { ...textsOf(first.app), ofAction: first.texts.ofAction } }),
    [first, textsOf],
  )
  return <SurroundingsContext value={surroundings}>{children}</SurroundingsContext>
}
