import { type CallOptions, callDefaults } from './call-options.ts'
import type { CallParts } from './create-calls.ts'
import { retryPauseMs } from './retry-pause.ts'
import { anySignal } from './sleep.ts'
import { type StandinClientError, toStandinClientError } from './standin-client-error.ts'

/** How events are followed. */
export interface FollowOptions extends Pick<CallOptions, 'signal' | 'fetch'> {
  /** Continues after the event with this number; without it, from the first one. */
  after?: number | undefined
  /**
   * How many times in a row a connection may fail before the iteration fails. By default the client's `maxRetries` until the
   * stream was open once, and then without a limit.
   */
  maxRetries?: number | undefined
}

interface Numbered {
  seq: number
}

interface Handlers<Event> {
  onStarted: () => void
  onData: (event: { id: string; data: Event }) => void
  onComplete: () => void
  onError: (error: unknown) => void
  /** With an error if the connection was lost and is being restored. */
  onConnectionStateChange: (state: { state: string; error?: unknown }) => void
}

type Subscribe<Event> = (lastEventId: string | undefined, handlers: Handlers<Event>) => { unsubscribe: () => void }

/** How many events a slow reader may leave unread; more are requested again when these are read. */
const maxUnread = 1_000

type End = 'complete' | 'full' | 'aborted' | StandinClientError

/**
 * A subscription as an iteration: no event is lost or repeated, even if the connection breaks. A reader that is slower than the
 * stream costs no more memory than a fast one.
 */
export async function* followEvents<Event extends Numbered>(
  subscribe: Subscribe<Event>,
  { after, maxRetries, ...options }: FollowOptions,
  { options: client, sleep, random }: CallParts,
): AsyncGenerator<Event, void, undefined> {
  const signal = anySignal(client.signal, options.signal)
  const untilOpen = client.maxRetries ?? callDefaults.maxRetries
  let lastSeq = after
  let wasOpen = false
  let failures = 0
  const mayGoOn = () => failures <= (maxRetries ?? (wasOpen ? Number.POSITIVE_INFINITY : untilOpen))

  for (;;) {
    signal?.throwIfAborted()
    const unread: Event[] = []
    let end: End | undefined
    let wake = () => {}
    const finish = (how: End) => {
      end ??= how
      wake()
    }
    const onOpen = () => {
      wasOpen = true
      failures = 0
    }
    const onAbort = () => finish('aborted')
    signal?.addEventListener('abort', onAbort)
    const subscription = subscribe(lastSeq === undefined ? undefined : String(lastSeq), {
      onStarted: onOpen,
      onData: ({ data }) => {
        if (end !== undefined) return
        onOpen()
        unread.push(data)
        if (unread.length < maxUnread) wake()
        else finish('full')
      },
      onComplete: () => finish('complete'),
      onError: (error) => {
        failures++
        finish(toStandinClientError(error))
      },
      onConnectionStateChange: ({ error }) => {
        if (!error) return
        failures++ // It reconnects automatically.
        if (!mayGoOn()) finish(toStandinClientError(error))
      },
    })
    try {
      for (;;) {
        for (let event = unread.shift(); event !== undefined; event = unread.shift()) {
          signal?.throwIfAborted()
          lastSeq = event.seq
          yield event
        }
        if (end !== undefined) break
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    } finally {
      subscription.unsubscribe()
      signal?.removeEventListener('abort', onAbort)
    }
    if (end === 'complete') return
    if (end === 'full' || end === 'aborted') continue
    const pauseMs = mayGoOn() ? retryPauseMs(end, failures, random()) : undefined
    if (pauseMs === undefined) throw end
    await sleep(pauseMs, signal)
  }
}
