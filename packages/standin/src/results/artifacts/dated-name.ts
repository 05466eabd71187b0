/** A file's name with the day of its run in UTC, as readers get it: `attention-list-2026-11-28.csv`. */
export function datedName(name: string, at: Date): string {
  const day = at.toISOString().slice(0, 10)
  const dot = name.lastIndexOf('.')
  return dot < 1 ? `${name}-${day}` : `${name.slice(0, dot)}-${day}${name.slice(dot)}`
}
