import { z } from 'zod'

/**
 * Reads Trackunit's answers value by value. Few value ranges are documented: an unexpected value becomes unknown and does
 * not affect the others.
 */
export const text = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(null)
  .transform((value) => value || null)

export const number = z
  .union([
    z.number(),
    z
      .string()
      .trim()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null)
  .transform((value) => (Number.isFinite(value) ? (value ?? null) : null))

/** Longer than any known id, and short enough to be stored everywhere. */
export const id = z.union([z.string(), z.number().transform(String)]).pipe(z.string().min(1).max(150))

/** Null for impossible counters: negative, or more hours than any machine has. */
export const hours = number.transform((value) => (value !== null && value >= 0 && value < 10_000_000 ? value : null))

/** Up to half a percent too much is rounding; more than that is another unit. */
export const percent = number.transform((value) =>
  value !== null && value >= 0 && value < 100.5 ? Math.min(value, 100) : null,
)

/** Null for invalid times and those without telematics, such as 1 January 1970. */
export const moment = text.transform(momentOf)

const earliest = Date.UTC(2000, 0, 1)
const latest = Date.UTC(10_000, 0, 1)

function momentOf(value: string | null): Date | null {
  const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(value ?? '')
  const isDay = /^\d{4}-\d\d-\d\d$/.test(value ?? '')
  const moment = new Date(hasZone || isDay ? (value ?? '') : `${value}Z`)
  return moment.getTime() >= earliest && moment.getTime() < latest ? moment : null
}

/** The items that can be read. */
export const itemsOf = <Item>(schema: z.ZodType<Item>) =>
  z.array(z.unknown()).transform((items) => items.flatMap((item) => schema.safeParse(item).data ?? []))

/** Degrees on earth. */
export const latitude = number.transform((value) => (value !== null && Math.abs(value) <= 90 ? value : null))
export const longitude = number.transform((value) => (value !== null && Math.abs(value) <= 180 ? value : null))

/** A part of an answer that may be missing. */
export const part = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape).nullish().catch(null)
