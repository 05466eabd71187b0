import { formatMessage, type Message } from '@standin/client'
import { type ReactNode, useMemo } from 'react'
import { useActionList } from '../connection/use-action-list.ts'
import { FirstSurroundingsContext, useFirstSurroundings } from '../surroundings.ts'

/** Formats what actions say in the reader's language, once the actions are known. */
export function WithActionMessages({ children }: { children: ReactNode }) {
  const surroundings = useFirstSurroundings()
  const { data } = useActionList()
  const withMessages = useMemo(() => {
    const { texts } = surroundings
    const byAction = new Map(data?.actions.map(({ id, messages }) => [id, messages]))
    const ofAction = (actionId: string, message: Message) =>
      formatMessage(message, { messages: byAction.get(actionId) ?? {}, language: texts.language })
    return { ...surroundings, texts: { ...texts, ofAction } }
  }, [surroundings, data])

  return <FirstSurroundingsContext value={withMessages}>{children}</FirstSurroundingsContext>
}
