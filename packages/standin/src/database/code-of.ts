/** The code of an error of PostgreSQL or its driver; empty for other errors. */
export function codeOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause)
    if ('code' in each && typeof each.code === 'string') return each.code
  return ''
}
