/** What PostgreSQL or its driver call an error; empty if it is another's. */
export function codeOf(error: unknown): string {
  for (let each = error; each instanceof Error; each = each.cause)
    if ('code' in each && typeof each.code === 'string') return each.code
  return ''
}
