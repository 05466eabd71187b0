import { RunAbandoned } from './run-stopped.ts'

/**
 * Waits for work that is told by a signal when to stop; where it does not listen, it is left alone after a while, so
 * that a run never hangs. What it writes after that is refused, since the run is no longer its worker's.
 * @throws RunAbandoned when the work was left alone
 */
export async function settledOrAbandoned(
  work: Promise<void>,
  { signal, graceMs }: { signal: AbortSignal; graceMs: number },
): Promise<void> {
  const { promise: abandoned, reject } = Promise.withResolvers<never>()
  let grace: NodeJS.Timeout | undefined
  const wait = () => {
    grace = setTimeout(() => reject(new RunAbandoned()), graceMs)
  }
  if (signal.aborted) wait()
  else signal.addEventListener('abort', wait, { once: true })
  try {
    await Promise.race([work, abandoned])
  } finally {
    signal.removeEventListener('abort', wait)
    clearTimeout(grace)
    work.catch(() => {})
    abandoned.catch(() => {})
  }
}
