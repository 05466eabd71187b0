import { formatMessage, type Message } from '@standin/client'
import type { useActionList } from '../connection/use-action-list.ts'

export { createFormats } from '../formats/create-formats.ts'

/** What actions say, in the reader's language: in English until the actions are known. */
export function messagesOf(list: ReturnType<typeof useActionList>['data'], language: string) {
  const byAction = new Map(list?.actions.map(({ id, messages }) => [id, messages]))
  const inEnglish = new Set<string>()
  return {
    ofAction(actionId: string, message: Message): string {
      const messages = byAction.get(actionId) ?? {}
      const said = formatMessage(message, { messages, language })
      if (!isIn('en', language) && isOnlyEnglish(message, messages)) inEnglish.add(bare(said))
      return said
    },
    /** `en` for a text that an action has only in English, on a page in another language: screen readers change their voice. */
    langOf: (text: string | null | undefined): 'en' | undefined =>
      text && inEnglish.has(bare(text)) ? 'en' : undefined,
  }
}

const isIn = (wanted: string, language: string) => language.split('-')[0] === wanted

function isOnlyEnglish(message: Message, messages: Readonly<Record<string, unknown>>): boolean {
  if (typeof message === 'string') return true
  if ('parts' in message) return message.parts.every((part) => isOnlyEnglish(part, messages))
  return !Object.hasOwn(messages, message.key)
}

/** Sentences get and lose their full stop. */
const bare = (text: string) => text.replace(/\.$/, '')
