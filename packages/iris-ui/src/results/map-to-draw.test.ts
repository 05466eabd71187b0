import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { projectionFor } from './map-projection.ts'
import { marksToDraw, TARGET } from './map-to-draw.ts'

const size = { width: 640, height: 320 }
const place = (rows: number, name: string | null, [x, y]: [number, number] = [0, 0]) => ({
  rows,
  name,
  otherNames: 0,
  longitude: x,
  latitude: y,
  area: { south: y, west: x, north: y, east: x },
})
const flat = {
  project: ({ longitude, latitude }: { longitude: number; latitude: number }) => [longitude, latitude] as const,
  wordsOf: ([first]: readonly { name: string | null }[]) => first?.name ?? '?',
  size,
}

describe('marks', () => {
  test('are all labelled, or none', () => {
    const [one, other] = [place(9, 'Large', [300, 160]), place(4, 'At the edge', [610, 20])]
    expect(marksToDraw([one, other], flat)).toMatchObject([
      { side: 'right', label: 'whole' },
      { side: 'left', label: 'whole' },
    ])
    // On neither side of the middle one is room; names that come and go stand towards the middle of the map.
    const row = [
      place(9, 'To the left', [60, 160]),
      place(9, 'Between them', [130, 160]),
      place(4, 'Right', [200, 160]),
    ]
    const small = { ...flat, size: { width: 260, height: 320 } }
    expect(marksToDraw(row, small).map(({ side, label }) => [side, label])).toEqual([
      ['right', 'hidden'],
      ['left', 'hidden'],
      ['left', 'hidden'],
    ])
  })

  test('have a name in two lines where one has no room, and only longer names are cut', () => {
    const labelOf = (name: string) => marksToDraw([place(1, name, [300, 100])], flat).map(({ label }) => label)
    expect(labelOf('Nordhavn Tunnel, southern portal and 2 others')).toEqual(['whole'])
    expect(labelOf('Nordhavn Tunnel, southern portal, depot and 12 others')).toEqual(['cut'])
    const [alone] = marksToDraw([place(1, 'Kalasatama towers and 2 more', [100, 100])], flat)
    const [beside] = marksToDraw(
      [place(2, 'Kalasatama towers and 2 more', [100, 100]), place(1, 'B', [330, 100])],
      flat,
    )
    expect(alone).toMatchObject({ label: 'whole', labelWidth: undefined })
    expect(beside).toMatchObject({ label: 'whole', side: 'right', labelWidth: expect.any(Number) })
    expect(beside?.labelWidth).toBeLessThan(186) // As far as to the other circle.
    // The other circle leaves room for one line, not for two.
    const above = (name: string) =>
      marksToDraw([place(2, name, [100, 100]), place(1, 'Other', [200, 135])], flat).map(({ label }) => label)
    expect(above('Kalasatama towers')).toEqual(['whole', 'whole'])
    expect(above('Kalasatama towers and 12 more sites')).toEqual(['hidden', 'hidden'])
  })

  test('that would touch are one, with the area of both', () => {
    const marks = marksToDraw([place(2, 'Small', [310, 150]), place(9, 'Large', [300, 160])], flat)
    expect(marks).toMatchObject([
      {
        rows: 11,
        places: [{ name: 'Large' }, { name: 'Small' }],
        area: { south: 150, west: 300, north: 160, east: 310 },
      },
    ])
  })

  test('contain each row once, do not touch, and each holds exactly the rows of its area', () => {
    const some = fc.record({
      rows: fc.integer({ min: 1, max: 5_000 }),
      name: fc.option(fc.string({ minLength: 1, maxLength: 30 })),
      at: fc.tuple(fc.double({ min: 0, max: 640, noNaN: true }), fc.double({ min: 0, max: 320, noNaN: true })),
    })
    fc.assert(
      fc.property(fc.array(some, { maxLength: 40 }), (places) => {
        const given = places.map(({ rows, name, at }) => place(rows, name, at))
        const marks = marksToDraw(given, flat)
        expect(marks.flatMap(({ places }) => places)).toHaveLength(given.length)
        for (const [index, { x, y, area, rows }] of marks.entries()) {
          const inside = given.filter(
            ({ longitude, latitude }) =>
              longitude >= area.west && longitude <= area.east && latitude >= area.south && latitude <= area.north,
          )
          expect(inside.reduce((sum, one) => sum + one.rows, 0)).toBe(rows)
          for (const other of marks.slice(index + 1))
            expect(Math.max(Math.abs(x - other.x), Math.abs(y - other.y))).toBeGreaterThanOrEqual(TARGET)
        }
      }),
    )
  })
})

describe('a map', () => {
  test('holds all places, wherever on earth they are, with north up', () => {
    const somewhere = fc.record({
      latitude: fc.double({ min: -90, max: 90, noNaN: true }),
      longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(somewhere, { minLength: 1, maxLength: 144 }), (places) => {
        const projection = projectionFor(places, size)
        for (const { latitude, longitude } of places.filter(({ latitude }) => Math.abs(latitude) < 79)) {
          const [x = -1, y = -1] = projection([longitude, latitude]) ?? []
          expect(x).toBeGreaterThanOrEqual(0)
          expect(x).toBeLessThanOrEqual(640)
          expect(y).toBeGreaterThanOrEqual(0)
          expect(y).toBeLessThanOrEqual(320)
        }
      }),
    )
  })

  test('of one yard shows the land around it', () => {
    const projection = projectionFor([{ latitude: 55.6, longitude: 12.5 }], size)
    const [, north = 0] = projection([12.5, 56.1]) ?? []
    const [, south = 0] = projection([12.5, 55.1]) ?? []
    expect(south - north).toBeGreaterThan(100)
    expect(south - north).toBeLessThan(320)
  })

  test('of a fleet on both sides of the date line keeps it together', () => {
    const projection = projectionFor(
      [
        { latitude: -17.8, longitude: 178 },
        { latitude: -17.8, longitude: -179 },
      ],
      size,
    )
    const [west = 0] = projection([178, -17.8]) ?? []
    const [east = 0] = projection([-179, -17.8]) ?? []
    expect(east).toBeGreaterThan(west)
    // Three degrees of longitude fill the map.
    expect(east - west).toBeGreaterThan(200)
  })
})
