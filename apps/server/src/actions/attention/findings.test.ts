import fc from 'fast-check'
import { textOf } from 'standin'
import { expect, test } from 'vitest'
import { findingsOf, reasons } from './findings.ts'

const now = new Date('2026-11-23T06:00:00.000Z')
const dayMs = 86_400_000
const thresholds = { silentDays: 7, batteryPercent: 20, fuelPercent: 10 }
const nothing = { issues: [], isServiceOverdue: false, isLastSeenKnown: true }
const well = { lastSeenAt: now, batteryPercent: 80, fuelPercent: 80 }
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs)
const why = (machine: Partial<typeof well> | { lastSeenAt: null }, known: object = {}) =>
  findingsOf({ ...well, ...machine }, { ...nothing, ...known }, { thresholds, now }).map((finding) =>
    textOf(finding.why),
  )

test('a healthy machine needs nothing', () => {
  expect(why({})).toEqual([])
  expect(
    findingsOf({ lastSeenAt: now, batteryPercent: null, fuelPercent: null }, nothing, { thresholds, now }),
  ).toEqual([])
})

test('thresholds are kept to the day and the percent', () => {
  expect(why({ lastSeenAt: daysAgo(6.999) })).toEqual([])
  expect(why({ lastSeenAt: daysAgo(7) })).toEqual(['Silent for 7 days'])
  expect(why({ batteryPercent: 20 })).toEqual([])
  expect(why({ batteryPercent: 19.4 })).toEqual(['Battery at 19\u00a0%'])
  expect(why({ fuelPercent: 0 })).toEqual(['Fuel at 0\u00a0%'])
})

test('a machine that never reported is silent, unless Trackunit left something out', () => {
  expect(why({ lastSeenAt: null })).toEqual(['Never reported'])
  expect(why({ lastSeenAt: null }, { isLastSeenKnown: false })).toEqual([])
})

test('issues are worded, unknown ones by their own name; a silent machine’s missing data is reported once', () => {
  const issue = (type: string, openedAt: string | null = daysAgo(11).toISOString()) => ({ type, openedAt })
  expect(
    why({}, { issues: [issue('NO_CAN_DATA_WIRING'), issue('LOW_GPS_COVERAGE'), issue('BENT_ANTENNA', null)] }),
  ).toEqual(['No engine data for 11 days, probably the wiring to the tracker', 'Weak GPS for 11 days', 'Bent antenna'])
  expect(why({ lastSeenAt: daysAgo(9) }, { issues: [issue('DATA_NOT_RECEIVED')] })).toEqual(['Silent for 9 days'])
  expect(why({}, { issues: [issue('LOW_DEVICE_BATTERY_VOLTAGE', 'no moment')] })).toEqual(['Tracker battery low'])
})

test('says since when, where that is known', () => {
  const since = (machine: Partial<typeof well>, type: string, openedAt: string) =>
    findingsOf({ ...well, ...machine }, { ...nothing, issues: [{ type, openedAt }] }, { thresholds, now }).map(
      (finding) => finding.since?.toISOString(),
    )
  expect(since({ lastSeenAt: daysAgo(9) }, 'LOW_GPS_COVERAGE', daysAgo(3).toISOString())).toEqual([
    daysAgo(9).toISOString(),
    daysAgo(3).toISOString(),
  ])
  expect(since({ fuelPercent: 1 }, 'LOW_GPS_COVERAGE', 'no moment')).toEqual([undefined, undefined])
})

test('the worst comes first, whatever else there is', () => {
  fc.assert(
    fc.property(
      fc.record({
        lastSeenAt: fc.option(fc.integer({ min: 0, max: 60 }).map(daysAgo)),
        batteryPercent: fc.option(fc.integer({ min: 0, max: 100 })),
        fuelPercent: fc.option(fc.integer({ min: 0, max: 100 })),
      }),
      fc.array(
        fc.record({
          type: fc.constantFrom('LOW_GPS_COVERAGE', 'X', 'LOW_DEVICE_INPUT_VOLTAGE'),
          openedAt: fc.constant(null),
        }),
      ),
      fc.boolean(),
      (machine, issues, isServiceOverdue) => {
        const found = findingsOf(machine, { issues, isServiceOverdue, isLastSeenKnown: true }, { thresholds, now })
        const ranks = found.map(({ reason }) => reasons.indexOf(reason))
        expect(ranks).toEqual(ranks.toSorted((left, right) => left - right))
      },
    ),
  )
})
