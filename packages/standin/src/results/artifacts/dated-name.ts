/** A file's name as its reader gets it, with the day of its run in UTC: `attention-list-2026-11-28.csv`. */
export function datedName(name: string, at: Date): string {
  const day = at.toISOString().slice(0, 10)
  const dot = name.lastIndexOf('.')
  return dot < 1 ? `${name}-${day}` : `${name.slice(0, dot)}-${day}${name.slice(dot)}`
}
