/**
 * An email may carry a file of several megabytes, and a mail server may scan it before it answers. A question to a receiver is
 * sent while a person waits.
 */
const mostMs = { webhook: 15_000, email: 120_000, question: 20_000 } as const

export interface SendTimes {
  /** Aborts when one send has taken too long, from the lookup of the name to the answer. */
  timeForSend(kind: keyof typeof mostMs): AbortSignal
  /** Ends all sends after a short time, because the process stops. Another replica repeats what was not delivered. */
  endSends(): void
}

/** @param stopMs the time that a send still has when the process stops */
export function createSendTimes({ stopMs = 5_000 }: { stopMs?: number } = {}): SendTimes {
  const stopped = new AbortController()
  return {
    timeForSend: (kind) => AbortSignal.any([AbortSignal.timeout(mostMs[kind]), stopped.signal]),
    endSends: () => void setTimeout(() => stopped.abort(), stopMs).unref(),
  }
}
