/** What `npm run test:long` was asked for; the defaults are those of a file that is run by itself. */
export function longTest(): { seed: number; minutes: number; endsAtMs: number } {
  const minutes = Number(process.env.LONG_MINUTES ?? 1)
  return { seed: Number(process.env.LONG_SEED ?? 1), minutes, endsAtMs: performance.now() + minutes * 60_000 }
}

/** Numbers from 0 to 1 that the seed decides. @see mulberry32 */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
