import { z } from 'zod'

/**
 * Text that is kept as it arrives. PostgreSQL has no NUL, and half of a surrogate pair would become U+FFFD when it is
 * encoded: such text is refused, never changed.
 */
export const textSchema = (maxLength: number) => z.string().max(maxLength).refine(isStorable, { error: notStorable })

/** Text on one line: no control characters, so no line ends either, nor those that only Unicode has. */
export const lineSchema = (maxLength: number) =>
  textSchema(maxLength).refine((text) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text), {
    error: 'must not contain control characters',
  })

export const notStorable = 'must be well-formed text without NUL'

export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')
