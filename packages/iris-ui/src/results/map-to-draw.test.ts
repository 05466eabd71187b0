import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { projectionFor } from './map-projection.ts'
import { marksToDraw } from './map-to-draw.ts'

const size = { width: 640, height: 320 }
const place = (rows: number, name: string | null, [x, y]: [number, number] = [0, 0]) => ({
  ...{ rows, name, otherNames: 0, longitude: x, latitude: y },
})
const flat = {
  project: ({ longitude, latitude }: { longitude: number; latitude: number }) => [longitude, latitude] as const,
  wordsOf: ({ name }: { name: string | null }) => name ?? undefined,
  size,
}

describe('marks', () => {
  test('are drawn largest first, with the area as the number', () => {
    const marks = marksToDraw([place(1, null), place(100, null), place(25, null)], flat)
    expect(marks.map(({ radius }) => radius)).toEqual([22, 11, 5])
  })

  test('the largest get labels beside their circles; those without room get none', () => {
    const crowd = [place(1, 'Small', [300, 160]), place(9, 'Large', [306, 162]), place(4, 'At the edge', [610, 20])]
    const [large, edge, small] = marksToDraw(crowd, flat)
    expect(large?.label).toMatchObject({ words: 'Large', x: 306 + 22 + 4, y: 162 })
    expect(edge?.label?.x).toBeLessThan(610 - 11 * 7.5)
    expect(small?.label?.words).not.toBe('Large')
    expect(marksToDraw([place(9, 'A'.repeat(100), [300, 160])], flat)[0]?.label).toBeUndefined()
  })

  test('labels never overlap others or a circle, and stay inside the map', () => {
    const some = fc.record({
      rows: fc.integer({ min: 1, max: 5_000 }),
      name: fc.option(fc.string({ minLength: 1, maxLength: 30 })),
      at: fc.tuple(fc.double({ min: 0, max: 640, noNaN: true }), fc.double({ min: 0, max: 320, noNaN: true })),
    })
    fc.assert(
      fc.property(fc.array(some, { maxLength: 40 }), (places) => {
        const marks = marksToDraw(
          places.map(({ rows, name, at }) => place(rows, name, at)),
          flat,
        )
        const boxes = marks.flatMap(({ label }) =>
          label ? [{ left: label.x, right: label.x + label.words.length * 7.5, y: label.y }] : [],
        )
        for (const [index, box] of boxes.entries()) {
          expect(box.left).toBeGreaterThanOrEqual(0)
          expect(box.right).toBeLessThanOrEqual(640)
          for (const other of boxes.slice(index + 1)) {
            const crosses = box.left < other.right && other.left < box.right && Math.abs(box.y - other.y) < 18
            expect(crosses).toBe(false)
          }
          for (const { x, y, radius } of marks) {
            const isOver = box.left < x + radius && box.right > x - radius && Math.abs(box.y - y) < 9 + radius
            expect(isOver).toBe(false)
          }
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
