import { createActionWords } from '@standin/client'
import { type ReactNode, useMemo } from 'react'
import { useActionList } from '../connection/use-action-list.ts'
import { SurroundingsContext, useSurroundings } from '../surroundings.ts'

/** What actions say of themselves and of their results is said in the reader's language, where their makers gave words. */
export function WithActionWords({ children }: { children: ReactNode }) {
  const surroundings = useSurroundings()
  const { data } = useActionList()
  const said = useMemo(() => {
    const { texts, formats } = surroundings
    const words = new Map(
      data?.actions.map((action) => [action.id, createActionWords(action.texts, { number: formats.number })]),
    )
    const ofAction = (actionId: string, said: string) => words.get(actionId)?.(said) ?? said
    return { ...surroundings, texts: { ...texts, ofAction } }
  }, [surroundings, data])

  return <SurroundingsContext value={said}>{children}</SurroundingsContext>
}
