/** How long something took, split for the words of a language. */
export function elapsed(ms: number): { hours: number; minutes: number; seconds: number } {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  return { hours: Math.floor(seconds / 3_600), minutes: Math.floor(seconds / 60) % 60, seconds: seconds % 60 }
}
