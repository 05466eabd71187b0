import { toStandinClientError } from './standin-client-error.ts'

export interface FollowOptions {
  /** Goes on after the event with this number; without it, from the first one. */
  after?: number
  /** Ends the iteration with the signal's reason. */
  signal?: AbortSignal
}

interface Numbered {
  seq: number
}

interface Handlers<Event> {
  onData: (event: { id: string; data: Event }) => void
  onComplete: () => void
  onError: (error: unknown) => void
}

type Subscribe<Event> = (lastEventId: string | undefined, handlers: Handlers<Event>) => { unsubscribe: () => void }

/** Events that a slow reader may leave unread; more are asked for again when these are read. */
const maxUnread = 1_000

/**
 * A subscription as an iteration: no event is lost and none comes twice, whatever breaks in between. A reader that is
 * slower than the stream costs the same memory as a fast one.
 */
export async function* followEvents<Event extends Numbered>(
  subscribe: Subscribe<Event>,
  { after, signal }: FollowOptions,
): AsyncGenerator<Event, void, undefined> {
  let lastSeq = after
  for (;;) {
    signal?.throwIfAborted()
    const unread: Event[] = []
    let end: 'complete' | 'full' | { failure: unknown } | undefined
    let wake = () => {}
    const finish = (how: typeof end) => {
      end ??= how
      wake()
    }
    const onAbort = () => finish({ failure: signal?.reason })
    signal?.addEventListener('abort', onAbort)
    const subscription = subscribe(lastSeq === undefined ? undefined : String(lastSeq), {
      onData: ({ data }) => {
        if (end !== undefined) return
        unread.push(data)
        if (unread.length < maxUnread) wake()
        else finish('full')
      },
      onComplete: () => finish('complete'),
      onError: (error) => finish({ failure: toStandinClientError(error) }),
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
    if (end !== 'full') throw end.failure
  }
}
