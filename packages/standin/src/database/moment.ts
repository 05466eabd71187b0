import { timestamp } from 'drizzle-orm/pg-core'

/** A column for a moment, to the millisecond: what a `Date` holds. */
export const moment = () => timestamp({ withTimezone: true, precision: 3 })
