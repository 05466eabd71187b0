/** Works until the process gets a signal, its reader closes the pipe, or the time is over. */
export async function untilEnded<Result>(
  seconds: number | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ended = new AbortController()
  const end = () => ended.abort()
  process.on('SIGINT', end).on('SIGTERM', end)
  try {
    const timeout = seconds === undefined ? [] : [AbortSignal.timeout(seconds * 1_000)]
    return await work(AbortSignal.any([ended.signal, ...timeout]))
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end)
  }
}
