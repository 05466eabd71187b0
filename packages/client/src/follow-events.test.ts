import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CallOptions } from './call-options.ts'
import { followEvents } from './follow-events.ts'
import { StandinClientError } from './standin-client-error.ts'

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

/** A client whose pauses take no time. */
function createParts(options: CallOptions = {}) {
  const pausesMs: number[] = []
  const sleep = async (ms: number) => void pausesMs.push(ms)
  return { pausesMs, parts: { options, sleep, random: () => 0 } }
}
const { parts } = createParts()

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
        expect(await read(followEvents(stream.subscribe, { after }, parts))).toEqual(
          upTo(total, Math.min(after, total)),
        )
        expect(stream.openOnes()).toBe(0)
      }),
      { numRuns: 25 },
    )
  })

  test('a slow reader buffers at most a thousand events and requests the rest after reading them', async () => {
    const stream = streamOf(2_500)
    expect(await read(followEvents(stream.subscribe, {}, parts))).toEqual(upTo(2_500))
    expect(stream.asked).toEqual([undefined, '1000', '2000'])
  })

  test('leaving the loop ends the subscription', async () => {
    const stream = streamOf(10)
    for await (const { seq } of followEvents(stream.subscribe, {}, parts)) if (seq === 3) break
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
    const reading = read(followEvents(silent, { signal: stopping.signal }, parts))
    stopping.abort(new Error('enough'))

    await expect(reading).rejects.toThrow('enough')
    expect(isOpen).toBe(false)
  })

  /** Fails each time after the event that it brings, until it has brought all. */
  const failing = (total: number, failure: unknown) => (lastEventId: string | undefined, handlers: Handlers) => {
    const seq = Number(lastEventId ?? 0) + 1
    queueMicrotask(() => {
      if (seq > total) return handlers.onComplete()
      handlers.onData({ id: String(seq), data: { seq } })
      handlers.onError(failure)
    })
    return { unsubscribe: () => {} }
  }

  test('a stream that was open and breaks is opened again, as often as it takes', async () => {
    const { parts, pausesMs } = createParts({ maxRetries: 0 })
    expect(await read(followEvents(failing(30, new Error('socket')), {}, parts))).toEqual(upTo(30))
    expect(pausesMs).toEqual(Array.from({ length: 30 }, () => 500)) // Each event resets the count of failures.
  })

  test('a refusal that cannot pass is thrown as it is, after the events before it', async () => {
    const refusal = new StandinClientError('RUN_NOT_FOUND', '')
    const seqs: number[] = []
    const reading = (async () => {
      for await (const { seq } of followEvents(failing(2, refusal), {}, parts)) seqs.push(seq)
    })()
    await expect(reading).rejects.toBe(refusal)
    expect(seqs).toEqual([1])
  })

  test.each([
    ['the client’s number of attempts', { maxRetries: 3 }, {}, 4],
    ['that of the call', { maxRetries: 3 }, { maxRetries: 1 }, 2],
    ['two by default', {}, {}, 3],
  ])('a stream that never opens fails after %s', async (_whose, client, options, attempts) => {
    let asked = 0
    const closed = (_lastEventId: string | undefined, handlers: Handlers) => {
      asked++
      queueMicrotask(() => handlers.onError(new Error('socket')))
      return { unsubscribe: () => {} }
    }
    const { parts, pausesMs } = createParts(client)
    await expect(read(followEvents(closed, options, parts))).rejects.toMatchObject({ reason: 'UNREACHABLE' })
    expect(asked).toBe(attempts)
    expect(pausesMs).toEqual([500, 1_000, 2_000].slice(0, attempts - 1))
  })

  test('connections that the link reopens on its own count as well', async () => {
    let open = 0
    const lost = { state: 'connecting', error: new Error('socket') }
    const reconnecting = (_lastEventId: string | undefined, handlers: Handlers) => {
      open++
      queueMicrotask(() => {
        for (let failure = 0; failure < 3; failure++) handlers.onConnectionStateChange(lost)
      })
      return { unsubscribe: () => void open-- }
    }
    await expect(read(followEvents(reconnecting, {}, parts))).rejects.toMatchObject({ reason: 'UNREACHABLE' })
    expect(open).toBe(0)
  })
})
