/**
 * A stream that calls `close` when it ends, however it ends.
 *
 * A reader that leaves may drop the answer it was waiting for. An unhandled rejection of
 * that answer would end the process.
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
