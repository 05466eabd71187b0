import { bigint, pgTable, timestamp } from 'drizzle-orm/pg-core'

const moment = () => timestamp({ withTimezone: true, precision: 3 })

/** Each `database after-restore`. Ages: never; an operator makes each. */
export const restores = pgTable('restores', {
  /** The feed of events goes on from this number, which no history before has reached: a lower cursor is of another one. */
  feedFrom: bigint({ mode: 'number' }).primaryKey(),
  at: moment().notNull().defaultNow(),
  /** The last moment that the restored database knew of; null if no server had used it. */
  knewUntil: moment(),
})
