/** Something that came to the callback's address, and what became of it. */
export interface CallbackNews {
  at: Date
  /** `accepted`, `duplicate`, `superseded`, `ignored`; `held`, `unverified`; `rejected`. */
  outcome: string
  /** The rule that it broke. */
  reason: string | null
  type: string | null
  accountId: string | null
  /** What `callbacks release` takes. */
  heldId: string | null
}

/** A transaction that began earlier may commit later. */
const lookBackMs = 10_000

/**
 * What has come since a moment, again and again; each thing once. Of what is rejected only the samples.
 * @param pause between two looks
 */
export async function* followCallbacks(
  newsSince: (from: Date) => Promise<(CallbackNews & { key: string })[]>,
  { since, signal, pause }: { since: Date; signal: AbortSignal; pause: () => Promise<unknown> },
): AsyncGenerator<CallbackNews> {
  const seen = new Set<string>()
  let from = since
  while (!signal.aborted) {
    const found = await newsSince(from)
    for (const { key, ...news } of found.sort((one, other) => one.at.getTime() - other.at.getTime())) {
      if (seen.has(key)) continue
      seen.add(key)
      yield news
    }
    const newest = found.at(-1)?.at.getTime() ?? 0
    from = new Date(Math.max(from.getTime(), newest - lookBackMs))
    if (!signal.aborted) await pause()
  }
}
