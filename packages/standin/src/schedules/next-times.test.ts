import fc from 'fast-check'
import { RRuleTemporal } from 'rrule-temporal'
import { describe, expect, test } from 'vitest'
import { maxWork, nextTimes, spreadMs } from './next-times.ts'
import { understandRecurrence } from './recurrence.ts'
import { wallClockTimes } from './wall-clock-times.ts'

/** `1,2,…` */
const upTo = (most: number) => Array.from({ length: most }, (_, index) => index + 1).join(',')

const anchorAt = new Date('2026-01-01T00:00:00Z')
const accountId = '11111111-1111-4111-8111-111111111111'

/** Planned times on the zone's wall clock, without the spread. */
function wallTimes(
  recurrence: string,
  { timeZone = 'Europe/Copenhagen', after = '2026-01-01T00:00:00Z', count = 5 } = {},
) {
  const plan = { accountId, recurrence, timeZone, anchorAt }
  const planned = nextTimes(plan, { after: new Date(after), count })
  return planned.map((at) =>
    Temporal.Instant.fromEpochMilliseconds(at.getTime() - spreadOf(plan))
      .toZonedDateTimeISO(timeZone)
      .toString({ timeZoneName: 'never', smallestUnit: 'minute' }),
  )
}
/** For a rule at minute zero, the spread is the distance from the full hour. */
function spreadOf({ accountId, recurrence, timeZone }: { accountId: string; recurrence: string; timeZone: string }) {
  const [at] = nextTimes({ accountId, recurrence, timeZone, anchorAt }, { after: anchorAt, count: 1 })
  return ((at?.getTime() ?? 0) % 3_600_000) % (30 * 60_000)
}

describe('the next times', () => {
  test('of daily, weekly and monthly rules follow the wall clock', () => {
    expect(wallTimes('FREQ=DAILY;BYHOUR=6', { count: 2 })).toEqual(['2026-01-01T06:00+01:00', '2026-01-02T06:00+01:00'])
    expect(wallTimes('FREQ=WEEKLY;BYDAY=MO;BYHOUR=6', { count: 2, after: '2026-03-24T00:00:00Z' })).toEqual([
      '2026-03-30T06:00+02:00',
      '2026-04-06T06:00+02:00',
    ])
    expect(wallTimes('FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18;BYMINUTE=30', { count: 1 })).toEqual(['2026-01-30T18:30+01:00'])
    expect(wallTimes('FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;BYHOUR=6', { count: 2 })).toEqual([
      '2026-01-01T06:00+01:00',
      '2026-01-15T06:00+01:00',
    ])
  })

  test('skip months without that day; the last day exists in every month', () => {
    expect(wallTimes('FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=6', { count: 3 })).toEqual([
      '2026-01-31T06:00+01:00',
      '2026-03-31T06:00+02:00',
      '2026-05-31T06:00+02:00',
    ])
    expect(wallTimes('FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=6', { count: 3 })).toEqual([
      '2026-01-31T06:00+01:00',
      '2026-02-28T06:00+01:00',
      '2026-03-31T06:00+02:00',
    ])
  })

  test('of a time that is skipped when clocks go forward are an hour later', () => {
    const options = { after: '2026-03-28T12:00:00Z', count: 3 }
    expect(wallTimes('FREQ=DAILY;BYHOUR=2;BYMINUTE=30', options)).toEqual([
      '2026-03-29T03:30+02:00',
      '2026-03-30T02:30+02:00',
      '2026-03-31T02:30+02:00',
    ])
    // Two times that become one moment are used once.
    expect(wallTimes('FREQ=DAILY;BYHOUR=2,3;BYMINUTE=30', options)).toEqual([
      '2026-03-29T03:30+02:00',
      '2026-03-30T02:30+02:00',
      '2026-03-30T03:30+02:00',
    ])
  })

  test('of a time that occurs twice when clocks go back are the first of the two', () => {
    expect(wallTimes('FREQ=DAILY;BYHOUR=2;BYMINUTE=30', { after: '2026-10-24T12:00:00Z', count: 2 })).toEqual([
      '2026-10-25T02:30+02:00',
      '2026-10-26T02:30+01:00',
    ])
    expect(wallTimes('FREQ=HOURLY', { after: '2026-10-24T22:20:00Z', count: 4 })).toEqual([
      '2026-10-25T01:00+02:00',
      '2026-10-25T02:00+02:00',
      '2026-10-25T03:00+01:00',
      '2026-10-25T04:00+01:00',
    ])
  })

  test.for([
    ['FREQ=DAILY;BYHOUR=6;COUNT=2', 2],
    ['FREQ=DAILY;BYHOUR=6;UNTIL=20260103', 3],
    ['FREQ=DAILY;BYHOUR=6;UNTIL=20260103T050000Z', 3],
    ['FREQ=DAILY;BYHOUR=6;UNTIL=20260103T045959Z', 2],
    ['FREQ=DAILY;BYHOUR=6;UNTIL=20260103T055959', 2],
  ] as const)('end where the rule ends: %s', ([recurrence, times]) => {
    expect(wallTimes(recurrence)).toHaveLength(times)
    expect(wallTimes(recurrence, { after: '2026-02-01T00:00:00Z' })).toEqual([])
  })

  test('take parts that the rule leaves out from the anchor', () => {
    const plan = { accountId, recurrence: 'FREQ=DAILY', timeZone: 'UTC', anchorAt: new Date('2026-01-01T10:17:30Z') }
    const [first] = nextTimes(plan, { after: plan.anchorAt, count: 1 })
    expect((first?.getTime() ?? 0) - new Date('2026-01-01T10:18:00Z').getTime()).toBeLessThan(spreadMs)
  })

  test('strictly increase, are after the given moment, and at least half an hour apart', () => {
    const list = <T>(each: fc.Arbitrary<T>) =>
      fc.uniqueArray(each, { minLength: 1, maxLength: 4 }).map((all) => all.join(','))
    const day = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')
    const part = (name: string, value: fc.Arbitrary<string | number>) =>
      fc.option(value, { nil: undefined }).map((given) => (given === undefined ? '' : `;${name}=${given}`))
    const rules = fc
      .tuple(
        fc.constantFrom('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
        part('INTERVAL', fc.integer({ min: 1, max: 5 })),
        part('BYHOUR', list(fc.integer({ min: 0, max: 23 }))),
        part('BYMINUTE', fc.integer({ min: 0, max: 59 })),
        part('BYDAY', list(day)),
        part('BYMONTHDAY', list(fc.integer({ min: -28, max: 28 }).filter((nth) => nth !== 0))),
      )
      .map(([freq, ...parts]) => `FREQ=${freq}${parts.join('')}`)
    const zones = fc.constantFrom(
      'Europe/Copenhagen',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Apia',
      'Africa/Casablanca',
    )
    const moments = fc.date({ min: new Date('2026-01-01'), max: new Date('2028-12-31'), noInvalidDate: true })

    fc.assert(
      fc.property(rules, zones, moments, (recurrence, timeZone, after) => {
        const plan = { accountId, recurrence, timeZone, anchorAt }
        let times: Date[]
        try {
          times = nextTimes(plan, { after, count: 40 })
        } catch {
          return // Such a day never occurs.
        }
        let previousMs = after.getTime()
        for (const at of times) {
          expect(at.getTime()).toBeGreaterThan(previousMs)
          previousMs = at.getTime()
        }
        for (const [nth, at] of times.entries()) {
          // Half an hour at Lord Howe, where clocks go back by that much.
          const earlier = times[nth - 1]
          if (earlier) expect(at.getTime() - earlier.getTime()).toBeGreaterThanOrEqual(30 * 60_000)
        }
        // From any of them on, the rest is the same.
        if (times[3]) expect(nextTimes(plan, { after: times[3], count: 36 })).toEqual(times.slice(4))
      }),
      { numRuns: 60 },
    )
  })
})

test('accounts with the same rule are spread over some minutes, each always at the same time', () => {
  const firstOf = (accountId: string) =>
    nextTimes(
      { accountId, recurrence: 'FREQ=DAILY;BYHOUR=6', timeZone: 'UTC', anchorAt },
      { after: anchorAt, count: 1 },
    )[0]?.getTime() ?? 0
  const offsets = Array.from({ length: 200 }, (_, nth) => firstOf(`account ${nth}`) - Date.UTC(2026, 0, 1, 6))
  expect(Math.min(...offsets)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...offsets)).toBeLessThan(spreadMs)
  expect(new Set(offsets).size).toBeGreaterThan(120)
  expect(firstOf('account 7')).toBe(firstOf('account 7'))
})

test.for([
  ['FREQ=MINUTELY', 'FREQ'],
  ['FREQ=SECONDLY', 'FREQ'],
  ['FREQ=DAILY;BYMINUTE=0,30', 'BYMINUTE'],
  ['FREQ=DAILY;BYSECOND=30', 'BYSECOND'],
  ['FREQ=DAILY;BYHOUR=25', 'BYHOUR'],
  ['FREQ=DAILY;INTERVAL=0', 'INTERVAL'],
  ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY'],
  ['FREQ=DAILY;FREQ=DAILY', '"FREQ" cannot'],
  ['FREQ=DAILY;constructor=1', '"constructor" cannot'],
  ['DTSTART=20260101;FREQ=DAILY', '"DTSTART" cannot'],
  ['BYHOUR=6', 'FREQ is missing'],
  ['FREQ=DAILY;UNTIL=20269999', 'UNTIL'],
  ['FREQ=DAILY;COUNT=3;UNTIL=20260101', 'exclude'],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'never'],
  ['FREQ=HOURLY;INTERVAL=24;BYHOUR=3', 'never'],
  ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU', 'within five years'], // 2032
  [`FREQ=YEARLY;BYYEARDAY=${upTo(15)};BYHOUR=0,${upTo(23)};BYSETPOS=366`, 'within five years'],
  [`FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,${upTo(23)};BYSETPOS=366,-366`, 'takes too long'],
  [`FREQ=YEARLY;BYYEARDAY=${upTo(60)};BYHOUR=0,${upTo(23)}`, '1440 combinations, of which 1000'],
  ['FREQ=YEARLY;INTERVAL=6', 'at most 5'],
  ['FREQ=MONTHLY;INTERVAL=61', 'at most 60'],
  ['FREQ=DAILY;INTERVAL=1001', 'INTERVAL'],
  ['FREQ=DAILY;COUNT=1001', 'COUNT'],
  ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY cannot be used with FREQ=WEEKLY'],
  ['FREQ=WEEKLY;BYDAY=1MO', 'numbered weekday'],
  ['FREQ=DAILY;BYSETPOS=1', 'another part'],
])('%s is refused, with the reason', ([recurrence = '', detail]) => {
  const plan = { accountId, recurrence, timeZone: 'UTC', anchorAt }
  expect(() => nextTimes(plan, { after: anchorAt, count: 5 })).toThrow(
    expect.objectContaining({ reason: 'INPUT_INVALID', detail: expect.stringContaining(detail ?? '') }),
  )
})

/** Any rule that can be written, including expensive ones. */
const anyRule = fc
  .record({
    FREQ: fc.constantFrom('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    INTERVAL: sometimes(fc.integer({ min: 1, max: 60 })),
    COUNT: sometimes(fc.integer({ min: 1, max: 1_000 })),
    BYMONTH: sometimes(many(fc.integer({ min: 1, max: 12 }))),
    BYWEEKNO: sometimes(many(fromEitherEnd(53))),
    BYYEARDAY: sometimes(many(fromEitherEnd(366))),
    BYMONTHDAY: sometimes(many(fromEitherEnd(31))),
    BYDAY: sometimes(many(fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU', '1MO', '-1FR', '53SU'))),
    BYHOUR: sometimes(many(fc.integer({ min: 0, max: 23 }))),
    BYSETPOS: sometimes(many(fromEitherEnd(366))),
  })
  .map(textOf)

function sometimes<T>(value: fc.Arbitrary<T>) {
  return fc.option(value, { nil: undefined, freq: 2 })
}
function many<T>(value: fc.Arbitrary<T>) {
  return fc.uniqueArray(value, { minLength: 1, maxLength: 40 }).map((all) => all.join(','))
}
function fromEitherEnd(most: number) {
  return fc.integer({ min: -most, max: most }).filter((nth) => nth !== 0)
}
function textOf(parts: Record<string, string | number | undefined>) {
  const given = Object.entries(parts).filter(([, value]) => value !== undefined)
  return given.map(([name, value]) => `${name}=${value}`).join(';')
}

test('invariant 25: no rule costs more than a search may cost', () => {
  const moments = fc.date({ min: anchorAt, max: new Date('2036-01-01'), noInvalidDate: true })
  let refusals = 0
  fc.assert(
    fc.property(anyRule, moments, (recurrence, after) => {
      const work = { left: maxWork }
      try {
        nextTimes({ accountId, recurrence, timeZone: 'UTC', anchorAt }, { after, count: 5, work })
      } catch (error) {
        refusals++
        expect(error).toMatchObject({ reason: 'INPUT_INVALID' })
      }
      expect(work.left).toBeGreaterThanOrEqual(-24 - 1) // The hours of the last day, and the check that ends the search.
    }),
    { numRuns: 300 },
  )
  expect(refusals).toBeGreaterThan(50)
})

test('the times are those of rrule-temporal, for rules that it can search', () => {
  const few = <T>(value: fc.Arbitrary<T>) =>
    fc.uniqueArray(value, { minLength: 1, maxLength: 3 }).map((all) => all.join(','))
  const day = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')
  const nthDay = fc.constantFrom('1MO', '2TU', '-1FR', '3SU', '-2WE')
  const [interval, hour] = [fc.integer({ min: 1, max: 5 }), few(fc.integer({ min: 0, max: 23 }))]
  const position = few(fc.constantFrom(1, 2, -1, -2))
  const month = few(fc.integer({ min: 1, max: 12 }))
  const rules = fc
    .oneof(
      fc.record({
        FREQ: fc.constant('HOURLY'),
        INTERVAL: sometimes(fc.integer({ min: 1, max: 60 })),
        BYDAY: sometimes(few(day)),
        BYHOUR: sometimes(hour),
      }),
      fc.record({
        FREQ: fc.constant('DAILY'),
        INTERVAL: sometimes(interval),
        BYDAY: sometimes(few(day)),
        BYMONTH: sometimes(month),
        BYHOUR: sometimes(hour),
      }),
      fc.record({
        FREQ: fc.constant('WEEKLY'),
        INTERVAL: sometimes(interval),
        BYDAY: few(day),
        BYHOUR: sometimes(hour),
        BYSETPOS: sometimes(position),
        WKST: sometimes(day),
      }),
      fc.record({
        FREQ: fc.constant('MONTHLY'),
        INTERVAL: sometimes(interval),
        BYDAY: few(nthDay),
        BYHOUR: sometimes(hour),
        BYSETPOS: sometimes(position),
      }),
      fc.record({
        FREQ: fc.constant('MONTHLY'),
        BYMONTHDAY: sometimes(few(fromEitherEnd(31))),
        BYHOUR: sometimes(hour),
      }),
      fc.record({
        FREQ: fc.constant('YEARLY'),
        BYMONTH: sometimes(month),
        BYDAY: sometimes(few(nthDay)),
        BYHOUR: sometimes(hour),
        BYSETPOS: fc.constant(undefined),
      }),
      fc.record({
        FREQ: fc.constant('YEARLY'),
        BYMONTH: sometimes(month),
        BYMONTHDAY: sometimes(few(fromEitherEnd(28))),
      }),
      fc.record({ FREQ: fc.constant('YEARLY'), BYYEARDAY: few(fromEitherEnd(366)), BYHOUR: sometimes(hour) }),
      fc.record({
        FREQ: fc.constant('YEARLY'),
        BYWEEKNO: few(fc.integer({ min: 2, max: 51 })),
        BYDAY: few(day),
      }),
    )
    .chain((parts) => sometimes(fc.integer({ min: 1, max: 6 })).map((COUNT) => textOf({ ...parts, COUNT })))
  const minutes = fc.integer({ min: 0, max: 2 * 366 * 1_440 })
  const begin = anchorAt.getTime() / 60_000

  fc.assert(
    fc.property(rules, minutes, minutes, (text, sinceBegin, later) => {
      const anchor = begin + sinceBegin
      const zoned = (at: number) => Temporal.Instant.fromEpochMilliseconds(at * 60_000).toZonedDateTimeISO('UTC')
      const recurrence = understandRecurrence(text)
      const rruleString = text.includes('BYHOUR') || text.includes('HOURLY') ? `${text};BYMINUTE=0` : text
      const known = new RRuleTemporal({ rruleString, dtstart: zoned(anchor), strict: true, maxIterations: 2_000 })
      const expected: number[] = []
      let from = zoned(anchor + later)
      while (expected.length < 5) {
        const next = nextOrGivenUp(known, from, expected.length === 0)
        fc.pre(next !== 'given up')
        if (!next) break
        expected.push(next.epochMilliseconds / 60_000)
        from = next
      }
      const found = wallClockTimes(recurrence, { anchor, from: anchor + later, work: { left: 100_000 } }).take(5)
      expect([...found], text).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})

/** The library gives up after some periods without a time. */
function nextOrGivenUp(rule: RRuleTemporal, ...from: Parameters<RRuleTemporal['next']>) {
  try {
    return rule.next(...from)
  } catch {
    return 'given up'
  }
}
