import { expect, test } from 'vitest'
import { timeZoneSchema } from './reader-habits.ts'

test.for(['Europe/Copenhagen', 'America/Argentina/Buenos_Aires', 'UTC'])('%s is a time zone', (timeZone) => {
  expect(timeZoneSchema.safeParse(timeZone).success).toBe(true)
})

test.for(['+02:00', 'Mars/Olympus', 'Europe/Copenhagen\0', ''])('%s is no time zone', (timeZone) => {
  expect(timeZoneSchema.safeParse(timeZone).success).toBe(false)
})
