import type { Outcome } from './outcome.ts'

/** Gives up a send when its time is over, even if the send itself does not stop. */
export async function inTime(signal: AbortSignal, send: (signal: AbortSignal) => Promise<Outcome>): Promise<Outcome> {
  const { promise: late, resolve } = Promise.withResolvers<Outcome>()
  const end = () => resolve({ kind: 'failed', because: 'The receiver did not answer in time.' })
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  return Promise.race([send(signal), late]).finally(() => signal.removeEventListener('abort', end))
}
