import { bigint, pgTable } from 'drizzle-orm/pg-core'
import { moment } from './moment.ts'

/** Each `database after-restore`. Ages: never; an operator makes each. */
export const restores = pgTable('restores', {
  /** The event feed continues from this number, which no earlier history has reached: a lower cursor belongs to an earlier one. */
  feedFrom: bigint({ mode: 'number' }).primaryKey(),
  at: moment().notNull().defaultNow(),
  /** The latest moment in the restored database; null if no server had used it. */
  knewUntil: moment(),
})
