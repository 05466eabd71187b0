import { RunAbandoned } from './run-stopped.ts'

/**
 * Waits for work that a signal asks to stop. Work that does not stop is abandoned after a while, so that a run never hangs. Its
 * later writes are refused, because its worker no longer holds the run.
 * @throws RunAbandoned if the work was abandoned
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
