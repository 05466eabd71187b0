import { z } from 'zod'

/** A message of an action's catalogue: its key and the values that fill it, with the finished English beside them. */
const keyedMessageSchema = z.object({
  text: z.string(),
  key: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type KeyedMessage = z.infer<typeof keyedMessageSchema>

/**
 * Something that an action says: plain text, which is shown as it is; a message with a key, which the app formats in the
 * reader's language; or several of them in a row.
 */
export const messageSchema = z.union([
  z.string(),
  keyedMessageSchema,
  z.object({ text: z.string(), parts: z.array(z.union([z.string(), keyedMessageSchema])) }),
])
export type Message = z.infer<typeof messageSchema>

/** A message in ICU MessageFormat, compiled to data by `icu-minify`: reading it takes no parser. */
export const compiledMessageSchema = z.union([z.string(), z.array(z.unknown())])
export type CompiledMessage = z.infer<typeof compiledMessageSchema>

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
  return 'key' in value && typeof value.key === 'string' && 'values' in value && typeof value.values === 'object'
}
