/** The result of `work`, which goes on behind it. @throws Error with this message if it takes longer than `ms` */
export async function within<Result>(ms: number, work: Promise<Result>, message: string): Promise<Result> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(message)), ms)
  work.catch(() => {}) // It may fail after the time is over.
  try {
    return await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
