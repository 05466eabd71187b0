/** A set of scopes in its canonical form: sorted, each once. Caches, flights and rows are found by its key. */
export interface ScopeSet {
  readonly scopes: readonly string[]
  readonly key: string
}

export function scopeSet(scopes: Iterable<string>): ScopeSet {
  const sorted = [...new Set(scopes)].sort()
  return { scopes: sorted, key: sorted.join(' ') }
}
