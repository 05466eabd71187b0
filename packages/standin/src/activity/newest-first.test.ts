import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstAfter } from './newest-audit-store.ts'
import { type Chain, type Numbered, newestFirst, type Places } from './newest-first.ts'

type Item = Numbered & { chain: string }

const everything = new Date(8.64e15)
const minute = 60_000

/** Chains whose moments go back now and then, as several clocks write them. */
const anyChains = fc
  .array(fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: -3, max: 30 })), { maxLength: 20 }), {
    maxLength: 4,
  })
  .map((chains) =>
    chains.map((steps, nth) => {
      let [number, atMs] = [0, 1_000_000_000_000]
      return steps.map(([gap, seconds]): Item => {
        number += gap
        atMs += seconds * 1_000
        return { chain: `chain ${nth}`, number, at: new Date(atMs) }
      })
    }),
  )

const asChain =
  (reads: { rows: number }, batch = 3) =>
  (items: readonly Item[], nth: number): Chain<Item> => ({
    name: `chain ${nth}`,
    newestAt: items.length % 2 === 0 ? everything : new Date(Math.max(...items.map(({ at }) => at.getTime()))),
    read: async (below = Number.POSITIVE_INFINITY) => {
      const found = items
        .filter(({ number }) => number < below)
        .toReversed()
        .slice(0, batch)
      reads.rows += found.length
      return found
    },
  })

test('page by page each item is listed once, those of a chain in its order, and the newest of the heads first', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyChains,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 9 }),
      async (all, limit, mostLooked) => {
        const chains = all.map(asChain({ rows: 0 }))
        const listed: Item[] = []
        let after: Places | undefined
        do {
          const { items, next } = await newestFirst(chains, { after, isWanted: () => true, limit, mostLooked })
          expect(items.length).toBeLessThanOrEqual(Math.min(limit, mostLooked))
          listed.push(...items)
          after = next
        } while (after)
        expect(listed).toHaveLength(all.flat().length)
        for (const [nth, items] of all.entries())
          expect(listed.filter(({ chain }) => chain === `chain ${nth}`)).toEqual(items.toReversed())
        // Where the clocks were right, the whole list is in the order of time.
        const isInOrder = all.every((items) => items.every(({ at }, nth) => at >= (items[nth - 1]?.at ?? new Date(0))))
        if (isInOrder)
          expect(listed.map(({ at }) => at.getTime())).toEqual(
            listed.map(({ at }) => at.getTime()).sort((a, b) => b - a),
          )
      },
    ),
  )
})

test('a page looks at no more than it may, and at a chain only when the list has come that far', async () => {
  const items = (nth: number, minutesAgo: number) =>
    Array.from(
      { length: 1_000 },
      (_, at): Item => ({
        chain: `chain ${nth}`,
        number: at,
        at: new Date(Date.UTC(2026, 10, 29) - minutesAgo * minute + at),
      }),
    )
  const reads = [{ rows: 0 }, { rows: 0 }]
  const chains = [items(0, 0), items(1, 60 * 24)].map((each, nth) => ({
    ...asChain(reads[nth] ?? { rows: 0 }, 50)(each, nth),
    newestAt: each.at(-1)?.at ?? everything,
  }))
  const { items: found, next } = await newestFirst(chains, { isWanted: () => false, limit: 10, mostLooked: 200 })
  expect(found).toEqual([])
  expect(next?.below).toEqual({ 'chain 0': 800 })
  expect(reads).toEqual([{ rows: 250 }, { rows: 0 }])
})

test('what was written since the first page is not in the pages after it', async () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 29, 0, 0, second))
  const first: Item[] = [1, 2, 3].map((number) => ({ chain: 'chain 0', number, at: at(number) }))
  const { next } = await newestFirst([asChain({ rows: 0 })(first, 0)], {
    isWanted: () => true,
    limit: 1,
    mostLooked: 99,
  })
  const written: Item[] = [...first, { chain: 'chain 0', number: 4, at: at(4) }]
  const begun: Item[] = [{ chain: 'chain 1', number: 1, at: at(5) }]
  const chains = [written, begun].map(asChain({ rows: 0 }))
  const { items } = await newestFirst(chains, { after: next, isWanted: () => true, limit: 9, mostLooked: 99 })
  expect(items).toEqual([first[1], first[0]])
})

test('the place of a moment is found by halving, whatever gaps the numbers have', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.nat(30)), { maxLength: 40 }),
      fc.nat(600),
      async (steps, second) => {
        let [number, seconds] = [0, 0]
        const items = steps.map(([gap, later]) => {
          number += gap
          seconds += later
          return { number, at: new Date(seconds * 1_000) }
        })
        const moment = new Date(second * 1_000)
        const below = await firstAfter(moment, async (from) =>
          from === 'last' ? items.at(-1) : items.find((item) => item.number >= from),
        )
        expect(items.filter((item) => below === undefined || item.number < below)).toEqual(
          items.filter(({ at }) => at <= moment),
        )
      },
    ),
  )
})
