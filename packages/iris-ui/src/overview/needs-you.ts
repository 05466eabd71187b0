import type { Action, Installation, Run, Schedule, Undelivered } from '@standin/client'
import { hindranceOf } from '../actions/may-start.ts'
import { capital } from '../formats/capital.ts'
import type { Formats } from '../formats/create-formats.ts'
import { hostPages } from '../host-pages.ts'
import type { IconName } from '../parts/icon.tsx'
import type { Tone } from '../parts/tone.ts'
import { notReceiverWords } from '../runs/not-receiver-words.ts'
import { titleOf } from '../runs/run-words.ts'
import { isEnding } from '../schedules/is-ending.ts'
import { addresses } from '../shell/addresses.ts'
import type { FirstTexts } from '../texts/first-english.ts'

export interface Need {
  id: string
  tone: Tone
  icon: IconName
  what: string
  means: string
  /** Where to solve it: on a page of the app, on a page of Manager, or here by a press or a decision. */
  way?:
    | { kind: 'page'; to: string; words: string }
    | { kind: 'host'; path: string; words: string }
    | { kind: 'resend'; runId: string; deliveryId: string; to: string }
    | { kind: 'again'; runId: string; title: string }
    | { kind: 'resume'; scheduleId: string; title: string }
    | { kind: 'approval'; generation: number; since: string }
    | { kind: 'plan' }
    | { kind: 'removal' }
}

interface Known {
  actions: readonly Action[]
  /** Whether the server can send emails. */
  sendsEmail: boolean
  undelivered: readonly Undelivered[]
  /** The last result of each action. */
  results: readonly Run[]
  schedules: readonly Schedule[]
  /** The runs that have not ended. */
  going: readonly Run[]
  nowMs: number
  texts: FirstTexts
  formats: Formats
}

/** What needs a person while Standin works, most urgent first. If it does not work, the page's sentence says so. */
export function needsYou(installation: Installation, known: Known): Need[] {
  if (installation.state !== 'active') return []
  return [
    ...removal(installation, known),
    ...waitingAccess(installation, known),
    ...pausedSchedules(known),
    ...endingSchedules(known),
    ...failedDeliveries(known),
    ...incompleteResults(known),
    ...missingPermissions(installation, known),
  ]
}

function removal({ uninstallSignalledAt, mayApprove }: Installation, { nowMs, texts, formats }: Known): Need[] {
  if (!uninstallSignalledAt) return []
  const { needs } = texts
  const means = needs.removalMeans(formats.moment(uninstallSignalledAt, nowMs))
  const need = { id: 'removal', tone: 'warn', icon: 'shield', what: needs.removal, means } as const
  return [mayApprove ? { ...need, way: { kind: 'removal' } } : need]
}

function waitingAccess({ waiting, mayApprove }: Installation, { nowMs, texts, formats }: Known): Need[] {
  const words = texts.needs
  return waiting.flatMap(({ generation, state, since }): Need[] => {
    const id = `generation-${generation}`
    const came = formats.moment(since, nowMs)
    switch (state) {
      case 'awaiting-approval':
        if (!mayApprove)
          return [
            { id, tone: 'wait', icon: 'shield', what: words.approvalReader, means: words.approvalReaderMeans(came) },
          ]
        return [
          {
            id,
            tone: 'warn',
            icon: 'shield',
            what: words.approval,
            means: words.approvalMeans,
            way: { kind: 'approval', generation, since },
          },
        ]
      case 'quarantined':
        return [{ id, tone: 'bad', icon: 'shield', what: words.quarantined, means: words.quarantinedMeans(came) }]
      case 'rejected':
        return [{ id, tone: 'bad', icon: 'bad', what: words.rejected, means: words.rejectedMeans(came) }]
      default:
        return []
    }
  })
}

/** Schedules that Standin paused, not those paused by a person. */
function pausedSchedules({ schedules, actions, texts }: Known): Need[] {
  return schedules
    .filter(({ state, reason }) => state === 'paused' && reason)
    .map((schedule) => ({
      id: `schedule-${schedule.id}`,
      tone: 'bad',
      icon: 'pause',
      what: texts.needs.paused(titleOf(schedule.actionId, actions)),
      means: capital(
        (schedule.reason && texts.schedules.pausedBecause[schedule.reason]) ?? texts.schedules.pausedUnknown,
      ),
      way: remedyOfSchedule(schedule, { actions, texts }),
    }))
}

/** They end unless their authors return or someone takes them over. */
function endingSchedules({ schedules, actions, nowMs, texts, formats }: Known): Need[] {
  return schedules.filter(isEnding).map(({ id, actionId, endsAt, createdBy }) => ({
    ...({ id: `ending-${id}`, tone: 'warn', icon: 'clock' } as const),
    what: texts.needs.endsSoon(titleOf(actionId, actions)),
    means: `${texts.schedules.endsSoon(formats.moment(endsAt, nowMs))} ${texts.schedules.endsSoonMeans(createdBy.name ?? texts.schedules.somebody)}`,
    way: { kind: 'page', to: addresses.schedule(id), words: texts.needs.openSchedule },
  }))
}

/** What makes it start again: never a press that the server would refuse. */
function remedyOfSchedule(
  { id, actionId, reason }: Schedule,
  { actions, texts }: Pick<Known, 'actions' | 'texts'>,
): NonNullable<Need['way']> {
  const action = actions.find((each) => each.id === actionId)
  if (!action) return { kind: 'page', to: addresses.schedule(id), words: texts.needs.openSchedule }
  if (reason === 'INPUT_INVALID')
    return { kind: 'page', to: addresses.changeSchedule(id), words: texts.needs.changeSchedule }
  const hindrance = hindranceOf(action, 'active')
  if (hindrance === undefined) return { kind: 'resume', scheduleId: id, title: action.title }
  if (hindrance === 'permission') return { kind: 'host', path: hostPages.apps, words: texts.needs.openApps }
  return { kind: 'page', to: addresses.schedule(id), words: texts.needs.openSchedule }
}

function failedDeliveries({ undelivered, sendsEmail, actions, texts }: Known): Need[] {
  const words = texts.needs
  return undelivered.map(({ runId, actionId, scheduleId, delivery, mayReceive }) => {
    const { id, kind, to, reason, attempts } = delivery
    const need = {
      ...({ id: `delivery-${id}`, tone: 'bad', icon: 'bad' } as const),
      what: words.notDelivered(titleOf(actionId, actions), to),
    }
    if (kind === 'email' && !sendsEmail)
      return { ...need, means: words.noEmailMeans, way: { kind: 'page', to: addresses.run(runId), words: words.look } }
    if (reason === 'DESTINATION_UNCONFIRMED' && mayReceive)
      return { ...need, means: words.confirmedMeans, way: { kind: 'resend', runId, deliveryId: id, to } }
    if (reason === 'DESTINATION_UNCONFIRMED')
      return {
        ...need,
        means: words.unconfirmedMeans,
        way: { kind: 'page', to: addresses.receivers, words: words.receivers },
      }
    if (reason !== 'DELIVERY_REFUSED') {
      const ours = notReceiverWords(reason, texts)
      const means = ours ? `${ours} ${words.stillHere}` : words.notDeliveredMeans(attempts)
      return { ...need, means, way: { kind: 'resend', runId, deliveryId: id, to } }
    }
    const action = actions.find((each) => each.id === actionId)
    const page = scheduleId ? addresses.changeSchedule(scheduleId) : addresses.actionLike(actionId, runId)
    const way = action?.mayStart ? { way: { kind: 'page', to: page, words: words.correct } as const } : {}
    return { ...need, means: words.refusedAddressMeans, ...way }
  })
}

/** Last results that could not check everything. What a missing permission leaves out has its own row. */
function incompleteResults({ results, actions, going, texts }: Known): Need[] {
  return results.flatMap(({ id, actionId, state, incomplete }): Need[] => {
    const action = actions.find((each) => each.id === actionId)
    if (state !== 'succeeded' || incomplete === null || !action || action.missingOptionalScopes.length > 0) return []
    const need = {
      ...({ id: `incomplete-${id}`, tone: 'warn', icon: 'warn' } as const),
      what: texts.needs.incomplete(action.title),
      means: texts.ofAction(actionId, incomplete),
    }
    return [
      hindranceOf(action, 'active', going) ? need : { ...need, way: { kind: 'again', runId: id, title: action.title } },
    ]
  })
}

function missingPermissions({ missingFromPlan }: Installation, { actions, texts, formats }: Known): Need[] {
  const without = actions.filter(({ missingScopes, missingPlan }) => missingScopes.length > 0 || missingPlan !== null)
  const forPlan = without.filter((action) => hindranceOf(action, 'active') === 'plan')
  const leftOut = without.filter((action) => !forPlan.includes(action))
  const titlesOf = (those: typeof actions) => formats.listOf(those.map(({ title }) => `“${title}”`))
  const named = (scopes: readonly string[]) => {
    const each = [...new Set(scopes)]
    return [texts.list(each.map((scope) => texts.permissions[scope] ?? scope)), each.length === 1] as const
  }
  const needs: Need[] = []
  if (leftOut.length > 0)
    needs.push({
      id: 'permissions',
      tone: 'warn',
      icon: 'warn',
      what: texts.needs.leftOut(titlesOf(leftOut)),
      means: texts.needs.leftOutMeans(...named(leftOut.flatMap(({ missingScopes }) => missingScopes))),
      way: { kind: 'host', path: hostPages.apps, words: texts.needs.openApps },
    })
  const partial = actions.filter(
    ({ missingScopes, missingOptionalScopes }) => missingScopes.length === 0 && missingOptionalScopes.length > 0,
  )
  const isPlan = ({ missingOptionalScopes }: Action) =>
    missingOptionalScopes.every((scope) => missingFromPlan.includes(scope))
  for (const those of [partial.filter((action) => !isPlan(action)), partial.filter(isPlan)]) {
    const [one] = those
    if (!one) continue
    const names = named(those.flatMap(({ missingOptionalScopes }) => missingOptionalScopes))
    const need = {
      ...({ id: isPlan(one) ? 'left-out-plan' : 'left-out', tone: 'warn', icon: 'warn' } as const),
      what: texts.needs.partial(titlesOf(those), those.length === 1),
    }
    needs.push(
      isPlan(one)
        ? {
            ...need,
            means: [texts.needs.notInPlanMeans(...names), texts.needs.restIsComplete, texts.needs.whichPlan].join(' '),
          }
        : {
            ...need,
            means: texts.needs.partialMeans(...names),
            way: { kind: 'host', path: hostPages.apps, words: texts.needs.openApps },
          },
    )
  }
  for (const action of forPlan)
    needs.push({
      id: `plan-${action.id}`,
      tone: 'warn',
      icon: 'warn',
      what: texts.needs.leftOut(titlesOf([action])),
      means: `${texts.actions.needsPlan(action.missingPlan ?? named(action.missingFromPlan)[0])} ${texts.needs.whichPlan}`,
      ...(action.missingPlan !== null && { way: { kind: 'plan' } }),
    })
  return needs
}
