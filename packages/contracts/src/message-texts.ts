import type { KeyedMessage, Message } from './message.ts'

/** @returns the message in English, or as plain as it was given */
export const textOf = (message: Message): string => (typeof message === 'string' ? message : message.text)

/** Sentences follow one another; shorter phrases become a list with commas. */
export const inOneText = (texts: readonly string[]): string =>
  texts.filter(Boolean).reduce((all, text) => all + (all === '' ? '' : /[.!?]$/.test(all) ? ' ' : ', ') + text, '')

/** A value with every message in it as the text that a reader sees. */
export type Spoken<Value> =
  Value extends Exclude<Message, string>
    ? string
    : Value extends readonly (infer Item)[]
      ? Spoken<Item>[]
      : Value extends object
        ? { [Key in keyof Value]: Spoken<Value[Key]> }
        : Value

/** @returns a copy of the value in which every message is replaced by what `say` makes of it */
export function spoken<Value>(value: Value, say: (message: Message) => string): Spoken<Value> {
  return walk(value) as Spoken<Value>

  function walk(part: unknown): unknown {
    if (isMessage(part)) return say(part)
    if (Array.isArray(part)) return part.map(walk)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, walk(each)]))
  }
}

/** @returns the message with each of its texts changed, such as cut to a length */
export function withTexts(message: Message, change: (text: string) => string): Message {
  if (typeof message === 'string') return change(message)
  const text = change(message.text)
  if ('parts' in message)
    return { text, parts: message.parts.map((part) => withTexts(part, change) as string | KeyedMessage) }
  const values = Object.entries(message.values).map(([name, value]) => [
    name,
    typeof value === 'string' ? change(value) : value,
  ])
  return { text, key: message.key, values: Object.fromEntries(values) }
}

export function isMessage(value: unknown): value is Exclude<Message, string> {
  if (typeof value !== 'object' || value === null || !('text' in value) || typeof value.text !== 'string') return false
  if ('parts' in value) return Array.isArray(value.parts)
  return 'key' in value && typeof value.key === 'string' && 'values' in value && isRecord(value.values)
}

const isRecord = (value: unknown) => typeof value === 'object' && value !== null
