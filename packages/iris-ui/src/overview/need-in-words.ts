import type { Action, Run, Schedule, Undelivered } from '@standin/client'
import { hindranceOf } from '../actions/may-start.ts'
import { capital } from '../formats/capital.ts'
import type { Formats } from '../formats/create-formats.ts'
import { hostPages } from '../host-pages.ts'
import type { IconName } from '../parts/icon.tsx'
import type { Tone } from '../parts/tone.ts'
import { addressToCorrect } from '../runs/address-to-correct.ts'
import { notReceiverWords } from '../runs/not-receiver-words.ts'
import { titleOf } from '../runs/title-of.ts'
import { addresses } from '../shell/addresses.ts'
import type { Texts } from '../texts/en.ts'
import type { Need } from './needs-you.ts'

export interface NeedInWords {
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

export interface AroundNeeds {
  /** Whether the reader may decide about new access. */
  mayApprove: boolean
  actions: readonly Action[]
  /** Whether the server can send emails. */
  sendsEmail: boolean
  /** The runs that have not ended. */
  going: readonly Run[]
  nowMs: number
  texts: Texts
  formats: Formats
}

/** A row of "Needs you": what happened, what it means, and the one remedy that the server would not refuse. */
export function needInWords(need: Need, around: AroundNeeds): NeedInWords {
  const { texts, formats, nowMs, actions, mayApprove } = around
  const words = texts.needs
  const toApps = { kind: 'host', path: hostPages.apps, words: words.openApps } as const

  switch (need.kind) {
    case 'removal': {
      const means = words.removalMeans(formats.moment(need.since, nowMs))
      const said = { tone: 'warn', icon: 'shield', what: words.removal, means } as const
      return mayApprove ? { ...said, way: { kind: 'removal' } } : said
    }
    case 'access':
      return waitingAccess(need.access, around)
    case 'paused': {
      const { actionId, reason } = need.schedule
      return {
        tone: 'bad',
        icon: 'pause',
        what: words.paused(titleOf(actionId, actions)),
        means: capital((reason && texts.schedules.pausedBecause[reason]) ?? texts.schedules.pausedUnknown),
        way: remedyOfSchedule(need.schedule, around),
      }
    }
    case 'ending': {
      const { id, actionId, endsAt, createdBy } = need.schedule
      const ends = texts.schedules.endsSoon(formats.moment(endsAt, nowMs))
      return {
        tone: 'warn',
        icon: 'clock',
        what: words.endsSoon(titleOf(actionId, actions)),
        means: `${ends} ${texts.schedules.endsSoonMeans(createdBy.name ?? texts.schedules.somebody)}`,
        way: { kind: 'page', to: addresses.schedule(id), words: words.openSchedule },
      }
    }
    case 'delivery':
      return failedDelivery(need.undelivered, around)
    case 'incomplete': {
      const { run, action, incomplete } = need
      const said = { tone: 'warn', icon: 'warn', what: words.incomplete(action.title) } as const
      const means = texts.ofAction(action.id, incomplete)
      if (hindranceOf(action, 'active', around.going)) return { ...said, means }
      return { ...said, means, way: { kind: 'again', runId: run.id, title: action.title } }
    }
    case 'left-out': {
      const missing = need.actions.flatMap(({ missingScopes }) => missingScopes)
      return {
        tone: 'warn',
        icon: 'warn',
        what: words.leftOut(titlesOf(need.actions, around)),
        means: words.leftOutMeans(...named(missing, texts)),
        way: toApps,
      }
    }
    case 'partial': {
      const names = named(
        need.actions.flatMap(({ missingOptionalScopes }) => missingOptionalScopes),
        texts,
      )
      const what = words.partial(titlesOf(need.actions, around), need.actions.length === 1)
      const said = { tone: 'warn', icon: 'warn', what } as const
      return need.isOfPlan
        ? { ...said, means: [words.notInPlanMeans(...names), words.restIsComplete, words.whichPlan].join(' ') }
        : { ...said, means: words.partialMeans(...names), way: toApps }
    }
    case 'plan': {
      const { action } = need
      const missing = action.missingPlan ?? named(action.missingFromPlan, texts)[0]
      return {
        tone: 'warn',
        icon: 'warn',
        what: words.leftOut(titlesOf([action], around)),
        means: `${texts.actions.needsPlan(missing)} ${words.whichPlan}`,
        ...(action.missingPlan !== null && { way: { kind: 'plan' } }),
      }
    }
  }
}

function waitingAccess(
  { generation, state, since }: Extract<Need, { kind: 'access' }>['access'],
  { mayApprove, nowMs, texts: { needs: words }, formats }: AroundNeeds,
): NeedInWords {
  const came = formats.moment(since, nowMs)
  if (state === 'quarantined')
    return { tone: 'bad', icon: 'shield', what: words.quarantined, means: words.quarantinedMeans(came) }
  if (state === 'rejected') return { tone: 'bad', icon: 'bad', what: words.rejected, means: words.rejectedMeans(came) }
  if (!mayApprove)
    return { tone: 'wait', icon: 'shield', what: words.approvalReader, means: words.approvalReaderMeans(came) }
  return {
    tone: 'warn',
    icon: 'shield',
    what: words.approval,
    means: words.approvalMeans,
    way: { kind: 'approval', generation, since },
  }
}

/** What makes it start again: never a press that the server would refuse. */
function remedyOfSchedule(
  { id, actionId, reason }: Schedule,
  { actions, texts: { needs: words } }: AroundNeeds,
): NonNullable<NeedInWords['way']> {
  const action = actions.find((each) => each.id === actionId)
  const toSchedule = { kind: 'page', to: addresses.schedule(id), words: words.openSchedule } as const
  if (!action) return toSchedule
  if (reason === 'INPUT_INVALID') return { kind: 'page', to: addresses.changeSchedule(id), words: words.changeSchedule }
  const hindrance = hindranceOf(action, 'active')
  if (hindrance === undefined) return { kind: 'resume', scheduleId: id, title: action.title }
  if (hindrance === 'permission') return { kind: 'host', path: hostPages.apps, words: words.openApps }
  return toSchedule
}

function failedDelivery(
  { runId, actionId, scheduleId, delivery, mayReceive }: Undelivered,
  { sendsEmail, actions, texts }: AroundNeeds,
): NeedInWords {
  const words = texts.needs
  const { id, kind, to, reason, attempts } = delivery
  const said = { tone: 'bad', icon: 'bad', what: words.notDelivered(titleOf(actionId, actions), to) } as const
  const resend = { kind: 'resend', runId, deliveryId: id, to } as const

  if (kind === 'email' && !sendsEmail)
    return { ...said, means: words.noEmailMeans, way: { kind: 'page', to: addresses.run(runId), words: words.look } }
  if (reason === 'DESTINATION_UNCONFIRMED' && mayReceive) return { ...said, means: words.confirmedMeans, way: resend }
  if (reason === 'DESTINATION_UNCONFIRMED')
    return {
      ...said,
      means: words.unconfirmedMeans,
      way: { kind: 'page', to: addresses.receivers, words: words.receivers },
    }
  if (reason !== 'DELIVERY_REFUSED') {
    const ours = notReceiverWords(reason, texts)
    const means = ours ? `${ours} ${words.stillHere}` : words.notDeliveredMeans(attempts)
    return { ...said, means, way: resend }
  }
  const page = addressToCorrect({ id: runId, actionId, scheduleId }, actions)
  const way = page ? { way: { kind: 'page', to: page, words: words.correct } as const } : {}
  return { ...said, means: words.refusedAddressMeans, ...way }
}

const titlesOf = (actions: readonly Action[], { formats, texts }: AroundNeeds) =>
  formats.listOf(actions.map(({ title }) => texts.table.quoted(title)))

/** The permissions in words, and whether it is one. */
function named(scopes: readonly string[], texts: Texts): readonly [string, boolean] {
  const each = [...new Set(scopes)]
  return [texts.list(each.map((scope) => texts.permissions[scope] ?? scope)), each.length === 1]
}
