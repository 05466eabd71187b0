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
/** A sentence of an action: a plain string, or a message that `formatMessage` says in other languages. `textOf` is its English. */
export type Message = z.infer<typeof messageSchema>

/** A message in ICU MessageFormat, compiled to data by `icu-minify`: reading it takes no parser. */
export const compiledMessageSchema = z.union([z.string(), z.array(z.unknown())])
/** A message in one language, compiled: pass it on to `formatMessage`. */
export type CompiledMessage = z.infer<typeof compiledMessageSchema>
