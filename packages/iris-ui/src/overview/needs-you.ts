import type { Action, Installation, Run, Schedule, Undelivered } from '@standin/client'
import { hindranceOf } from '../actions/may-start.ts'
import { type EndingSchedule, isEnding } from '../schedules/is-ending.ts'

/** Something that waits for a person. Its words and its remedy come late: see `needInWords`. */
export type Need = { id: string } & (
  | { kind: 'removal'; since: string }
  | { kind: 'access'; access: Installation['waiting'][number] }
  | { kind: 'paused'; schedule: Schedule }
  | { kind: 'ending'; schedule: EndingSchedule }
  | { kind: 'delivery'; undelivered: Undelivered }
  | { kind: 'incomplete'; run: Run; action: Action; incomplete: NonNullable<Run['incomplete']> }
  | { kind: 'left-out'; actions: readonly Action[] }
  /** They run, without what a missing permission or the plan leaves out. */
  | { kind: 'partial'; actions: readonly Action[]; isOfPlan: boolean }
  | { kind: 'plan'; action: Action }
)

export interface KnownOfNeeds {
  actions: readonly Action[]
  undelivered: readonly Undelivered[]
  /** The last result of each action. */
  results: readonly Run[]
  schedules: readonly Schedule[]
}

/** What needs a person while Standin works, most urgent first. If it does not work, the page's sentence says why. */
export function needsYou(installation: Installation, known: KnownOfNeeds): Need[] {
  if (installation.state !== 'active') return []
  const { schedules, undelivered } = known
  return [
    ...removal(installation),
    ...waitingAccess(installation),
    // Schedules that Standin paused, not those paused by a person.
    ...schedules
      .filter(({ state, reason }) => state === 'paused' && reason)
      .map((schedule) => ({ kind: 'paused' as const, id: `schedule-${schedule.id}`, schedule })),
    // They end unless their authors return or someone takes them over.
    ...schedules
      .filter(isEnding)
      .map((schedule) => ({ kind: 'ending' as const, id: `ending-${schedule.id}`, schedule })),
    ...undelivered.map((each) => ({
      ...({ kind: 'delivery', id: `delivery-${each.delivery.id}` } as const),
      undelivered: each,
    })),
    ...incompleteResults(known),
    ...missingPermissions(installation, known),
  ]
}

const removal = ({ uninstallSignalledAt: since }: Installation): Need[] =>
  since ? [{ kind: 'removal', id: 'removal', since }] : []

const waitingAccess = ({ waiting }: Installation): Need[] =>
  waiting
    .filter(({ state }) => ['awaiting-approval', 'quarantined', 'rejected'].includes(state))
    .map((access) => ({ kind: 'access', id: `generation-${access.generation}`, access }))

/** Last results that could not check everything. What a missing permission leaves out has its own row. */
function incompleteResults({ results, actions }: KnownOfNeeds): Need[] {
  return results.flatMap((run): Need[] => {
    const action = actions.find(({ id }) => id === run.actionId)
    const { incomplete } = run
    if (run.state !== 'succeeded' || incomplete === null || !action || action.missingOptionalScopes.length > 0)
      return []
    return [{ kind: 'incomplete', id: `incomplete-${run.id}`, run, action, incomplete }]
  })
}

function missingPermissions({ missingFromPlan }: Installation, { actions }: KnownOfNeeds): Need[] {
  const without = actions.filter(({ missingScopes, missingPlan }) => missingScopes.length > 0 || missingPlan !== null)
  const forPlan = without.filter((action) => hindranceOf(action, 'active') === 'plan')
  const leftOut = without.filter((action) => !forPlan.includes(action))
  const partial = actions.filter(
    ({ missingScopes, missingOptionalScopes }) => missingScopes.length === 0 && missingOptionalScopes.length > 0,
  )
  const isPlan = ({ missingOptionalScopes }: Action) =>
    missingOptionalScopes.every((scope) => missingFromPlan.includes(scope))
  const needs: Need[] = [
    { kind: 'left-out', id: 'permissions', actions: leftOut },
    { kind: 'partial', id: 'left-out', actions: partial.filter((action) => !isPlan(action)), isOfPlan: false },
    { kind: 'partial', id: 'left-out-plan', actions: partial.filter(isPlan), isOfPlan: true },
  ]
  return [
    ...needs.filter((need) => 'actions' in need && need.actions.length > 0),
    ...forPlan.map((action) => ({ kind: 'plan' as const, id: `plan-${action.id}`, action })),
  ]
}
