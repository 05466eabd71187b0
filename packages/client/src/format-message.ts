import { type CompiledMessage, inOneText, type Message } from '@standin/contracts'
import format from 'icu-minify/format'

/**
 * @param messages the action's messages in the reader's language, from `action.list`; a missing one is shown in English
 * @param language decides how numbers are written and which plural is chosen
 */
export function formatMessage(
  message: Message,
  { messages, language }: { messages: Readonly<Record<string, CompiledMessage>>; language: string },
): string {
  if (typeof message === 'string') return message
  if ('parts' in message) return inOneText(message.parts.map((part) => formatMessage(part, { messages, language })))
  const compiled = Object.hasOwn(messages, message.key) ? messages[message.key] : undefined
  if (compiled === undefined) return message.text
  return String(format(compiled as Parameters<typeof format>[0], language, message.values, { formatters }))
}

// Creating a formatter takes longer than using it.
const made = new Map<string, Intl.NumberFormat | Intl.PluralRules>()
function keep<Formatter extends Intl.NumberFormat | Intl.PluralRules>(
  given: unknown,
  make: () => Formatter,
): Formatter {
  const key = JSON.stringify(given)
  const formatter = (made.get(key) as Formatter | undefined) ?? make()
  made.set(key, formatter)
  return formatter
}
const formatters: Parameters<typeof format>[3]['formatters'] = {
  getNumberFormat: (...given) => keep(['number', given], () => new Intl.NumberFormat(...given)),
  getPluralRules: (...given) => keep(['plural', given], () => new Intl.PluralRules(...given)),
  getDateTimeFormat: (...given) => new Intl.DateTimeFormat(...given),
}
