import type { Message } from '@standin/contracts'
import { customType } from 'drizzle-orm/pg-core'

/** A message as JSON in a text column: the driver would parse a `jsonb` string that looks like JSON a second time. */
export const messageColumn = customType<{ data: Message; driverData: string }>({
  dataType: () => 'text',
  toDriver: (message) => JSON.stringify(message),
  fromDriver: (json) => JSON.parse(json),
})
