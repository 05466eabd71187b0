/** Sets of scopes, each under one key, however it was spelled: order and repetition make no other set. */
export function createScopeSpellings() {
  // The program's own lists: a handful. Sorting them each time would cost more than all the rest of a cached token.
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
