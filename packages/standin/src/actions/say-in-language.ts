import { inOneText, type Message } from '@standin/contracts'
import format from 'icu-minify/format'
import type { AnyAction } from './define-action.ts'

/**
 * Formats an action's messages in a language, a BCP 47 tag such as `da-DK`. If the action has no texts in it, both words and
 * numbers are in English: no text mixes two languages.
 */
export function sayInLanguage(
  action: Pick<AnyAction, 'messages'> | undefined,
  language: string | null,
): (message: Message) => string {
  const spoken = spokenBy(action, language)
  const messages = spoken === undefined ? {} : (action?.messages?.[spoken] ?? {})
  return function say(message): string {
    if (typeof message === 'string') return message
    if ('parts' in message) return inOneText(message.parts.map(say))
    const compiled = Object.hasOwn(messages, message.key) ? messages[message.key] : undefined
    if (compiled === undefined || spoken === undefined) return message.text
    return String(format(compiled as Parameters<typeof format>[0], spoken, message.values, { formatters }))
  }
}

/** Whether an action has texts in a language. Otherwise they are in English. */
export const speaks = (action: Pick<AnyAction, 'messages'> | undefined, language: string | null): boolean =>
  spokenBy(action, language) !== undefined

/** The language of the action's catalogue for this reader, such as `da` for `da-DK`; undefined for English. */
export function spokenBy(action: Pick<AnyAction, 'messages'> | undefined, language: string | null): string | undefined {
  const own = (name: string) => (name !== 'en' && Object.hasOwn(action?.messages ?? {}, name) ? name : undefined)
  return language === null ? undefined : (own(language) ?? own(language.split(/[-_]/)[0] ?? ''))
}

const formatters: Parameters<typeof format>[3]['formatters'] = {
  getNumberFormat: (...given) => new Intl.NumberFormat(...given),
  getPluralRules: (...given) => new Intl.PluralRules(...given),
  getDateTimeFormat: (...given) => new Intl.DateTimeFormat(...given),
}
