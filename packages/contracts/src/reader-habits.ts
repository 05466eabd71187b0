import { z } from 'zod'
import { lineSchema } from './text.ts'

/** An IANA time zone, such as `Europe/Copenhagen`. */
export const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'not a time zone such as Europe/Copenhagen' })

/** Kilometres, litres and °C, or miles, gallons and °F. */
export const unitSystemSchema = z.enum(['metric', 'imperial'])

/** The reader's language, a BCP 47 tag such as `da-DK`. English if Standin or the action does not have it. */
export const languageSchema = lineSchema(40).refine(isLanguage, 'must be a language such as da-DK')

/** What readers call the account, as Manager shows it: emails begin with it. */
export const accountNameSchema = lineSchema(120)

/** A name, not an offset such as `+02:00`, which has no summer time. */
function isTimeZone(timeZone: string): boolean {
  try {
    return /^[A-Za-z]/.test(timeZone) && Boolean(new Intl.DateTimeFormat('en', { timeZone }))
  } catch {
    return false
  }
}

/** Whether numbers and dates can be written in it. */
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
