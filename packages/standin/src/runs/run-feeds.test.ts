import type { RunEvent } from '@standin/contracts'
import { expect, test } from 'vitest'
import { createRunFeeds } from './run-feeds.ts'

const run = { id: 'run', accountId: 'account' }
const never = new AbortController().signal

/** A run whose events the test writes, and how often they are read. */
function createTold() {
  const events: RunEvent[] = []
  const asked = { reads: 0, ends: 0 }
  let isOver = false
  const feeds = createRunFeeds({
    read: async (_run, { after, limit }) => {
      asked.reads++
      return events.filter(({ seq }) => seq > after).slice(0, limit)
    },
    lastSeq: async () => events.length,
    isOver: async () => {
      asked.ends++
      return isOver
    },
  })
  const tell = (count = 1) => {
    for (let nth = 0; nth < count; nth++)
      events.push({ seq: events.length + 1, at: '2026-01-01T00:00:00.000Z', type: 'log', message: 'x' })
    feeds.wake('run')
  }
  return {
    feeds,
    asked,
    tell,
    end: () => {
      isOver = true
      tell()
    },
  }
}

test('invariant 21: two hundred watchers of a run cost one query per event', async () => {
  const { feeds, asked, tell } = createTold()
  tell(3)
  const watches = Array.from({ length: 200 }, () => feeds.watch(run, never))
  await Promise.all(watches.map((watch) => watch.after(3)))
  await Promise.all(watches.map((watch) => watch.isOver()))
  asked.reads = 0
  asked.ends = 0

  for (let seq = 4; seq <= 8; seq++) {
    const waiting = watches.map((watch) => watch.next())
    tell()
    await Promise.all(waiting)
    const seen = await Promise.all(watches.map((watch) => watch.after(seq - 1)))
    expect(seen.every((events) => events.length === 1 && events[0]?.seq === seq)).toBe(true)
    await Promise.all(watches.map((watch) => watch.isOver()))
  }

  expect(asked).toEqual({ reads: 5, ends: 0 })
  for (const watch of watches) watch.close()
  expect(feeds.size()).toBe(0)
})

test('invariant 21: a reader that is far behind catches up in pages; nothing is kept in memory for it, and it misses nothing', async () => {
  const { feeds, tell } = createTold()
  const [slow, quick] = [feeds.watch(run, never), feeds.watch(run, never)]
  await slow.after(0)
  let seen = 0
  for (let nth = 0; nth < 30; nth++) {
    tell(100)
    seen = (await quick.after(seen)).at(-1)?.seq ?? seen
  }

  const seqs: number[] = []
  for (;;) {
    const events = await slow.after(seqs.at(-1) ?? 0)
    if (events.length === 0) break
    expect(events.length).toBeLessThanOrEqual(500)
    seqs.push(...events.map(({ seq }) => seq))
  }
  expect(seqs).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1))
  slow.close()
  quick.close()
})

test('the last event is there for a watcher that learns of the end before the event', async () => {
  const { feeds, end, tell } = createTold()
  tell()
  const watch = feeds.watch(run, never)
  await watch.after(1)
  expect(await watch.isOver()).toBe(false)
  end()

  expect(await watch.after(1)).toHaveLength(1)
  watch.close()
})
