import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { followEvents } from './follow-events.ts'

type Handlers = Parameters<Parameters<typeof followEvents<{ seq: number }>>[0]>[1]

/** A stream of events 1 to `total`, of which each subscription brings those after the one it names. */
function streamOf(total: number, { perSubscription = total }: { perSubscription?: number } = {}) {
  const asked: Array<string | undefined> = []
  let open = 0
  return {
    asked,
    openOnes: () => open,
    subscribe(lastEventId: string | undefined, handlers: Handlers) {
      asked.push(lastEventId)
      open++
      const first = Number(lastEventId ?? 0) + 1
      queueMicrotask(() => {
        for (let seq = first; seq <= Math.min(total, first + perSubscription - 1); seq++) {
          handlers.onData({ id: String(seq), data: { seq } })
        }
        if (first + perSubscription > total) handlers.onComplete()
      })
      return { unsubscribe: () => void open-- }
    },
  }
}

async function read(events: AsyncIterable<{ seq: number }>): Promise<number[]> {
  const seqs: number[] = []
  for await (const { seq } of events) seqs.push(seq)
  return seqs
}
const upTo = (total: number, after = 0) => Array.from({ length: total - after }, (_, index) => after + index + 1)

describe('following events', () => {
  test('every event arrives once and in order, after the given one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(2_600), fc.nat(2_600), async (total, after) => {
        const stream = streamOf(total)
        expect(await read(followEvents(stream.subscribe, { after }))).toEqual(upTo(total, Math.min(after, total)))
        expect(stream.openOnes()).toBe(0)
      }),
      { numRuns: 25 },
    )
  })

  test('a slow reader buffers at most a thousand events and requests the rest after reading them', async () => {
    const stream = streamOf(2_500)
    expect(await read(followEvents(stream.subscribe, {}))).toEqual(upTo(2_500))
    expect(stream.asked).toEqual([undefined, '1000', '2000'])
  })

  test('leaving the loop ends the subscription', async () => {
    const stream = streamOf(10)
    for await (const { seq } of followEvents(stream.subscribe, {})) if (seq === 3) break
    expect(stream.openOnes()).toBe(0)
  })

  test('an abort ends the iteration with its reason, even while no event arrives', async () => {
    const stopping = new AbortController()
    let isOpen = true
    const silent = () => ({
      unsubscribe: () => {
        isOpen = false
      },
    })
    const reading = read(followEvents(silent, { signal: stopping.signal }))
    stopping.abort(new Error('enough'))

    await expect(reading).rejects.toThrow('enough')
    expect(isOpen).toBe(false)
  })

  test('a failure of the stream is thrown as a client error, after the events before it', async () => {
    const failing = (_lastEventId: string | undefined, handlers: Handlers) => {
      handlers.onData({ id: '1', data: { seq: 1 } })
      handlers.onError(new Error('socket'))
      return { unsubscribe: () => {} }
    }
    const seqs: number[] = []
    const reading = (async () => {
      for await (const { seq } of followEvents(failing, {})) seqs.push(seq)
    })()
    await expect(reading).rejects.toMatchObject({ name: 'StandinClientError', reason: 'UNREACHABLE' })
    expect(seqs).toEqual([1])
  })
})
