/** The position of a callback, and of the credentials it brought, in the order of its account. */
export interface Position {
  issuedAt: Date
  /** Orders what was issued at the same moment. */
  tieBreak: string
}

/** Negative when `left` comes first. The order depends on what was sent, never on when it arrived. */
export function comparePositions(left: Position, right: Position): number {
  const byTime = left.issuedAt.getTime() - right.issuedAt.getTime()
  if (byTime !== 0) return byTime
  if (left.tieBreak === right.tieBreak) return 0
  return left.tieBreak < right.tieBreak ? -1 : 1
}
