import type { Message } from '@standin/contracts'
import { customType } from 'drizzle-orm/pg-core'

/** A message as JSON in a column of text: the driver would read a `jsonb` string that looks like JSON once more. */
export const messageColumn = customType<{ data: Message; driverData: string }>({
  dataType: () => 'text',
  toDriver: (message) => JSON.stringify(message),
  fromDriver: (json) => JSON.parse(json),
})
