import fc from 'fast-check'
import { expect, test } from 'vitest'
import { usageOfMachine } from './usage-of-machine.ts'
import { fullWeeks } from './weeks.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const monday = Date.parse('2026-11-02T00:00:00.000Z')
const weeks = fullWeeks({ now: new Date('2026-11-24T12:00:00.000Z'), count: 3, timeZone: 'UTC' })
const reading = (day: number, operatingHours: number | null, idleHours: number | null = null) => ({
  at: new Date(monday + day * dayMs),
  operatingHours,
  idleHours,
})
const usage = (...readings: Array<ReturnType<typeof reading>>) => usageOfMachine(readings, weeks)

test('weeks are the last full ones, as the time zone has them, even if the clock changes', () => {
  expect(weeks.labels).toEqual(['W45', 'W46', 'W47'])
  expect(weeks.startsAt).toEqual(new Date(monday))
  expect(weeks.weekOf(new Date(monday - 1))).toBeUndefined()
  expect(weeks.weekOf(new Date(monday + 7 * dayMs))).toBe(1)
  expect(weeks.weekOf(new Date(monday + 21 * dayMs))).toBeUndefined()

  const danish = fullWeeks({ now: new Date('2026-11-01T12:00:00.000Z'), count: 2, timeZone: 'Europe/Copenhagen' })
  expect(danish.labels).toEqual(['W42', 'W43'])
  expect(danish.startsAt.toISOString()).toBe('2026-10-11T22:00:00.000Z')
  expect(danish.weekOf(new Date('2026-10-25T22:59:59.000Z'))).toBe(1) // 25 October has 25 hours there.
  expect(danish.weekOf(new Date('2026-10-25T23:00:00.000Z'))).toBeUndefined()
})

test('hours are what the counter grew by, in the week in which most of the time lies', () => {
  const { stretches } = usage(reading(-2, 100, 20), reading(5, 140, 30), reading(6, 146, 33), reading(8, 150, 33))
  expect(stretches).toEqual([
    { week: 0, days: 7, hours: 40, idleHours: 10 },
    { week: 0, days: 1, hours: 6, idleHours: 3 },
    { week: 1, days: 2, hours: 4, idleHours: 0 },
  ])
})

test('a counter that goes back, or grows faster than time, is reported, and nothing is invented for it', () => {
  expect(usage(reading(1, 100), reading(2, 5), reading(3, 10))).toMatchObject({
    stretches: [{ hours: 5 }],
    resets: 1,
    gaps: 0,
  })
  expect(usage(reading(1, 100), reading(2, 160))).toMatchObject({ stretches: [], resets: 1 })
})

test('hours between readings that lie too far apart belong to no week; a machine that stood still is no gap', () => {
  expect(usage(reading(1, 100), reading(10, 150))).toEqual({ stretches: [], resets: 0, gaps: 1, gapWeeks: [0, 1] })
  expect(usage(reading(1, 100), reading(10, 100))).toEqual({ stretches: [], resets: 0, gaps: 0, gapWeeks: [] })
  expect(usage(reading(1, 100), reading(9, 150)).stretches).toHaveLength(1)
})

test('idle hours are not known where one reading has none, where they go back, or exceed the hours', () => {
  const idle = (...readings: Array<ReturnType<typeof reading>>) => usage(...readings).stretches[0]?.idleHours
  expect(idle(reading(1, 100), reading(2, 104, 30))).toBeNull()
  expect(idle(reading(1, 100, 30), reading(2, 104, 2))).toBeNull()
  expect(idle(reading(1, 100, 30), reading(2, 104, 36))).toBeNull()
  expect(idle(reading(1, 100, 30), reading(2, 104, 34.2))).toBe(4) // Counters are rounded.
})

test('readings without hours are passed over, and one alone says nothing', () => {
  expect(usage(reading(1, 100, 1), reading(2, null), reading(3, 104, 2)).stretches).toMatchObject([
    { hours: 4, idleHours: 1 },
  ])
  expect(usage(reading(1, 100))).toEqual({ stretches: [], resets: 0, gaps: 0, gapWeeks: [] })
})

test('whatever the counters say: hours are never negative, never more than the time, and idle never more than the hours', () => {
  const counter = fc.option(fc.double({ min: 0, max: 5_000, noNaN: true }))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -20, max: 30 }), counter, counter), { maxLength: 20 }), (given) => {
      const sorted = given.toSorted(([left], [right]) => left - right)
      const { stretches } = usage(...sorted.map(([day, hours, idle]) => reading(day, hours, idle)))
      for (const { days, hours, idleHours } of stretches) {
        expect(hours).toBeGreaterThanOrEqual(0)
        expect(hours).toBeLessThanOrEqual(days * 24 + 0.5)
        if (idleHours !== null) expect(idleHours >= 0 && idleHours <= hours).toBe(true)
      }
    }),
  )
})
