import { type ReactNode, use, useMemo } from 'react'
import { useActionList } from '../connection/use-action-list.ts'
import { formatOptionsOf, SurroundingsContext, useFirstSurroundings } from '../surroundings.ts'
import { allTexts } from './texts-for.ts'

/** The surroundings of a late part: with the texts of all pages, those of actions among them once these are known. */
export function WithAllTexts({ children }: { children: ReactNode }) {
  const first = useFirstSurroundings()
  const { data } = useActionList({ refetchOnMount: false })
  const { textsOf, createFormats, messagesOf } = use(allTexts(first.texts.language))
  const formats = useMemo(() => createFormats(formatOptionsOf(first)), [createFormats, first])
  const surroundings = useMemo(() => {
    const texts = textsOf(first.app)
    const { ofAction, langOf } = messagesOf(data, texts.language)
    return { ...first, texts: { ...texts, ofAction }, formats, langOf }
  }, [first, textsOf, messagesOf, data, formats])
  return <SurroundingsContext value={surroundings}>{children}</SurroundingsContext>
}
