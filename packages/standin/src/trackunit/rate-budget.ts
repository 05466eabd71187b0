import { nextTurn, type TurnRule } from '../database/next-turn.ts'

/** What is known about one limit. Times are milliseconds since 1970 on the database's clock. */
export interface BudgetState {
  /** When the last requests were allowed, the oldest first. */
  takenAtMs?: number[]
  /** Trackunit said to wait until then. */
  blockedUntilMs?: number
  /** Complexity points left until `resetAtMs`. */
  remaining?: number
  resetAtMs?: number
  /** What is left is unknown until then, or until the answer to a request under way shows it. */
  probedUntilMs?: number
  /** When Trackunit refused GraphQL: the account's plan lacks it. */
  refusedAtMs?: number
  /** The last cost of each document, by its fingerprint. */
  costs?: Record<string, number>
  /** When the next request's turn is. */
  nextTurnAtMs?: number
}

/** At most this many requests in any span of that length. */
export interface Window {
  most: number
  windowMs: number
}

export type BudgetRule =
  /** Only Trackunit's own answer shows when the limit is reached. */
  | { kind: 'undocumented' }
  | { kind: 'windows'; windows: readonly Window[] }
  /** Complexity points: a document is sent while `reserve` times its cost is left. */
  | { kind: 'points'; document: string; reserve: number; saysWhatIsLeft: boolean }
  /** So many a second, in turns; a request is refused if its turn is further away than `patienceMs`. */
  | ({ kind: 'turns' } & TurnRule)

/** @param by the window that is full, where one is */
export type Decision = { next: BudgetState; inMs: number } | { refusedForMs: number; by?: Window }

/**
 * The longest time until an allowed request arrives: its time-out and a second. A request that was allowed at the end of one
 * window may therefore count in the next.
 */
const arrivesWithinMs = 31_000

/** How long other requests wait for the answer that shows what is left, and how often they check. */
const probeMs = 10_000
const probeLookMs = 50

/** Whether a request may be sent, and how long until its turn. */
export function decide(state: BudgetState, rule: BudgetRule, nowMs: number): Decision {
  const blockedForMs = (state.blockedUntilMs ?? 0) - nowMs
  if (blockedForMs > 0) return { refusedForMs: blockedForMs }
  switch (rule.kind) {
    case 'undocumented':
      return { next: state, inMs: 0 }
    case 'windows':
      return decideWindows(state, rule.windows, nowMs)
    case 'points':
      return decidePoints(state, rule, nowMs)
    case 'turns':
      return decideTurn(state, rule, nowMs)
  }
}

function decideWindows(state: BudgetState, windows: readonly Window[], nowMs: number): Decision {
  const taken = state.takenAtMs ?? []
  const waits = windows.map(({ most, windowMs }) => {
    const inTheWay = taken.at(-most)
    return inTheWay === undefined ? 0 : inTheWay + windowMs + arrivesWithinMs - nowMs
  })
  const refusedForMs = Math.max(0, ...waits)
  const by = windows[waits.indexOf(refusedForMs)]
  if (refusedForMs > 0) return { refusedForMs, ...(by && { by }) }
  const mostOfAll = Math.max(...windows.map(({ most }) => most))
  return { next: { ...state, takenAtMs: [...taken, nowMs].slice(-mostOfAll) }, inMs: 0 }
}

function decidePoints(
  state: BudgetState,
  { document, reserve, saysWhatIsLeft }: { document: string; reserve: number; saysWhatIsLeft: boolean },
  nowMs: number,
): Decision {
  const { remaining, resetAtMs = 0, probedUntilMs = 0 } = state
  if (remaining === undefined || resetAtMs <= nowMs) {
    // In a new window it is unknown what is left: one request goes ahead, and the others wait for its answer.
    if (!saysWhatIsLeft) return { next: state, inMs: 0 }
    if (probedUntilMs > nowMs) return { refusedForMs: Math.min(probeLookMs, probedUntilMs - nowMs) }
    return { next: { ...state, probedUntilMs: nowMs + probeMs }, inMs: 0 }
  }
  const cost = state.costs?.[document] ?? Math.max(1, ...Object.values(state.costs ?? {}))
  if (remaining < cost * reserve) return { refusedForMs: resetAtMs - nowMs }
  return { next: { ...state, remaining: remaining - cost }, inMs: 0 }
}

function decideTurn(state: BudgetState, rule: TurnRule, nowMs: number): Decision {
  const turn = nextTurn(state.nextTurnAtMs, rule, nowMs)
  if ('refusedForMs' in turn) return turn
  return { next: { ...state, nextTurnAtMs: turn.nextAtMs }, inMs: turn.inMs }
}

/** What an answer shows about the limit of its request. */
export interface Learnt {
  /** For how long Trackunit refuses further requests. */
  blockedForMs?: number
  /** Whether GraphQL is refused as such; undefined if the answer does not say. */
  isRefused?: boolean | undefined
  points?: { document: string; cost: number; remaining: number; resetInMs: number }
}

/** Two answers in one window agree on its end within the network's delays. */
const sameWindowMs = 15_000
const documentsKept = 50

export function learn(state: BudgetState, { blockedForMs, isRefused, points }: Learnt, nowMs: number): BudgetState {
  const next = { ...state }
  if (blockedForMs !== undefined) next.blockedUntilMs = Math.max(state.blockedUntilMs ?? 0, nowMs + blockedForMs)
  delete next.probedUntilMs
  if (isRefused === true) next.refusedAtMs = nowMs
  if (isRefused === false) delete next.refusedAtMs
  if (!points) return next
  const resetAtMs = nowMs + points.resetInMs
  const isSameWindow = state.resetAtMs !== undefined && Math.abs(state.resetAtMs - resetAtMs) < sameWindowMs
  // Requests allowed since then are already subtracted; what other clients use shows only in the answers.
  next.remaining = isSameWindow ? Math.min(state.remaining ?? points.remaining, points.remaining) : points.remaining
  next.resetAtMs = resetAtMs
  const known = Object.entries(state.costs ?? {}).filter(([document]) => document !== points.document)
  next.costs = Object.fromEntries([...known, [points.document, points.cost] as const].slice(-documentsKept))
  return next
}
