/** A set of scopes in its one form: sorted, each once. Its key is what caches, flights and rows are found by. */
export interface ScopeSet {
  readonly scopes: readonly string[]
  readonly key: string
}

export function scopeSet(scopes: Iterable<string>): ScopeSet {
  const sorted = [...new Set(scopes)].sort()
  return { scopes: sorted, key: sorted.join(' ') }
}
