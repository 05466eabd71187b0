/** One key for each set of scopes, whatever their order and repetition. */
export function createScopeSpellings() {
  // A program has a handful of such lists. Sorting them each time would cost more than the rest of serving a cached token.
  const keys = new Map<string, string>()
  const maxSpellings = 1_000

  return (scopes: readonly string[]): string => {
    const spelled = scopes.length === 1 ? (scopes[0] ?? '') : scopes.join(' ')
    const known = keys.get(spelled)
    if (known !== undefined) return known
    const key = [...new Set(scopes)].sort().join(' ')
    if (keys.size < maxSpellings) keys.set(spelled, key)
    return key
  }
}
