import { formatMessage, type Message } from '@standin/client'
import type { useActionList } from '../connection/use-action-list.ts'

export { createFormats } from '../formats/create-formats.ts'

/** What actions say, in the reader's language: in English until the actions are known. */
export function messagesOf(list: ReturnType<typeof useActionList>['data'], language: string) {
  const byAction = new Map(list?.actions.map(({ id, messages }) => [id, messages]))
  return (actionId: string, message: Message) =>
    formatMessage(message, { messages: byAction.get(actionId) ?? {}, language })
}
