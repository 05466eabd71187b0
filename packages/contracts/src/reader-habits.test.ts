import { expect, test } from 'vitest'
import { languageSchema, timeZoneSchema } from './reader-habits.ts'

test.for(['Europe/Copenhagen', 'America/Argentina/Buenos_Aires', 'UTC'])('%s is a time zone', (timeZone) => {
  expect(timeZoneSchema.safeParse(timeZone).success).toBe(true)
})

test.for(['+02:00', 'Mars/Olympus', 'Europe/Copenhagen\0', ''])('%s is no time zone', (timeZone) => {
  expect(timeZoneSchema.safeParse(timeZone).success).toBe(false)
})

test.for(['da', 'da-DK', 'zh-Hans-CN', 'de-AT-1996'])('%s is a language', (tag) => {
  expect(languageSchema.safeParse(tag).success).toBe(true)
})

test.for(['de-!!!', '-de', 'd', 'de_AT', '', 'de-'])('%j is no language', (tag) => {
  expect(languageSchema.safeParse(tag).success).toBe(false)
})
