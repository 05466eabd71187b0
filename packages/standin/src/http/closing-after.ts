/**
 * A stream that calls `close` when it ends in any way.
 *
 * A reader that leaves may drop the answer that it was waiting for. If that answer rejects, the unhandled rejection would end
 * the process.
 */
export function closingAfter<Event>(stream: AsyncIterable<Event>, close: () => void): AsyncGenerator<Event> {
  const events = closing(stream, close)
  const next = events.next.bind(events)
  events.next = () => {
    const answer = next()
    answer.catch(() => {})
    return answer
  }
  return events
}

async function* closing<Event>(stream: AsyncIterable<Event>, close: () => void): AsyncGenerator<Event> {
  try {
    yield* stream
  } finally {
    close()
  }
}
