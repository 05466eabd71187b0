import type { FakeStream } from './fake-link.ts'

/** Events in the order in which they were added, numbered from 1. */
export function createFakeEventLog<Event extends object>() {
  const events: Array<Event & { seq: number; at: string }> = []
  const listeners = new Set<() => void>()
  let hasEnded = false
  const notify = () => {
    for (const listener of [...listeners]) listener()
  }
  const stream: FakeStream = {
    eventsAfter: (seq) => events.filter((event) => event.seq > seq),
    hasEnded: () => hasEnded,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }

  return {
    stream,
    add(event: Event, at: string): void {
      events.push({ ...event, seq: events.length + 1, at })
      notify()
    },
    end(): void {
      hasEnded = true
      notify()
    },
  }
}
