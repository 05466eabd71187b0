import type { Installation } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import { wholeMinute } from '../formats/whole-minute.ts'
import type { IconName } from '../parts/icon.tsx'
import type { Tone } from '../parts/tone.ts'
import type { Texts } from '../texts/en.ts'
import { workingSentence } from './working-sentence.ts'

/** Three parts: what happened, what it means, what to do. The icon's shape says the state without its colour. */
export interface InstallationSentence {
  tone: Tone
  icon: IconName
  headline: string
  means: string[]
  /** Undefined if there is nothing to do. */
  toDo?: string
  foot?: string
  /** When we try again (`null`: now), after the outcome so far. */
  nextTry?: { at: string | null; said?: string }
  /** While new access is tested: the number of the next try, if known. */
  steps?: { nextTry: number | undefined }
  /** Whether to show details for support. */
  details?: boolean
  /** Whether installing (again) solves it. */
  marketplace?: boolean
}

interface Circumstances {
  account: string
  /** How many things wait for a person. */
  needs?: number
  /** How many schedules wait for the access. */
  onHold?: number
  nowMs: number
  texts: Texts
  formats: Formats
}

/** How long new access is tried, if the server does not say. */
const USUAL_PATIENCE_MS = 15 * 60_000
const SLOW_AFTER_SHARE = 1 / 5

/** The one sentence at the top of the page. */
export function installationSentence(installation: Installation, around: Circumstances): InstallationSentence {
  const { account, onHold = 0, nowMs, formats } = around
  const texts = around.texts.installation
  const sinceMs = installation.since ? Date.parse(installation.since) : nowMs
  const since = formats.moment(new Date(sinceMs).toISOString(), nowMs)
  const { tries } = installation
  const nextTry = (said?: string) => (tries ? { nextTry: { at: tries.nextAt, ...(said && { said }) } } : {})

  switch (installation.state) {
    case 'active':
      return { tone: 'ok', icon: 'check', ...workingSentence(installation, around) }
    case 'pending': {
      if (installation.reason === 'TRACKUNIT_UNAVAILABLE')
        return {
          tone: 'wait',
          icon: 'cloudOff',
          headline: texts.untried,
          means: [texts.untriedMeans],
          ...nextTry(),
          foot: texts.slowDo,
        }
      const beganMs = tries ? Date.parse(tries.beganAt) : sinceMs
      const endsMs = tries?.endsAt ? Date.parse(tries.endsAt) : beganMs + USUAL_PATIENCE_MS
      if (nowMs - beganMs >= (endsMs - beganMs) * SLOW_AFTER_SHARE) {
        return {
          tone: 'wait',
          icon: 'clock',
          headline: texts.slow,
          means: [texts.slowMeans(formats.duration(endsMs - beganMs))],
          ...nextTry(tries && tries.count > 0 ? texts.tried(tries.count) : undefined),
          // While Trackunit's sign-in is down it takes longer; how long is unknown.
          foot: endsMs > nowMs ? texts.slowDoBy(formats.clock(wholeMinute(endsMs))) : texts.slowDo,
        }
      }
      return {
        tone: 'run',
        icon: 'run',
        headline: texts.pending,
        means: [texts.pendingMeans(account)],
        foot: texts.pendingDo,
        steps: { nextTry: tries && tries.count + 1 },
      }
    }
    case 'parked':
      return {
        tone: 'bad',
        icon: 'pause',
        headline: texts.parked(since),
        means: [texts.parkedMeans, ...(onHold > 0 ? [texts.onHold(onHold)] : [])],
        toDo: texts.parkedDo,
        ...nextTry(tries?.lastAt ? texts.lastTry(formats.exactClock(tries.lastAt)) : undefined),
        foot: texts.parkedFoot,
        marketplace: true,
      }
    case 'rejected':
      return {
        tone: 'bad',
        icon: 'bad',
        headline: texts.rejected,
        means: [[...rejectedTries(installation, around), texts.rejectedMeans].join(' ')],
        toDo: texts.rejectedDo,
        details: true,
        marketplace: true,
      }
    case 'quarantined':
      return {
        tone: 'bad',
        icon: 'shield',
        headline: texts.quarantined,
        means: [texts.quarantinedMeans(since, account)],
        toDo: texts.quarantinedDo,
        details: true,
        marketplace: true,
      }
    case 'awaiting-approval':
      return {
        tone: 'warn',
        icon: 'shield',
        headline: texts.approval,
        means: [texts.approvalMeans(since)],
        toDo: texts.approvalDo,
        details: true,
      }
    case 'superseded':
      return {
        tone: 'warn',
        icon: 'warn',
        headline: texts.superseded,
        means: [texts.supersededMeans],
        toDo: texts.supersededDo,
        details: true,
        marketplace: true,
      }
    case 'suspended':
      return {
        tone: 'warn',
        icon: 'pause',
        headline: texts.suspended(since),
        means: [texts.suspendedMeans(formats.moment(installation.erasesAt ?? new Date(nowMs).toISOString(), nowMs))],
        toDo: installation.mayApprove ? texts.suspendedDo : texts.suspendedReaderDo,
      }
    case 'paused':
      return {
        tone: 'warn',
        icon: 'pause',
        headline: texts.paused(since),
        means: [texts.pausedMeans],
        toDo: texts.pausedDo,
      }
    case 'uninstalled':
      return {
        tone: 'wait',
        icon: 'off',
        headline: texts.uninstalled(since),
        means: [texts.uninstalledMeans],
        toDo: texts.uninstalledDo,
        marketplace: true,
      }
    case 'none':
      return {
        tone: 'wait',
        icon: 'clock',
        headline: texts.none,
        means: [texts.noneMeans(account)],
        toDo: texts.noneDo,
        marketplace: true,
      }
    default:
      return newerState(installation.state, texts)
  }
}

function rejectedTries({ tries }: Installation, { texts, formats, nowMs }: Circumstances): string[] {
  if (!tries?.lastAt) return []
  const lasted = formats.duration(Date.parse(tries.lastAt) - Date.parse(tries.beganAt))
  return [texts.installation.rejectedTries(tries.count, lasted, formats.moment(tries.lastAt, nowMs))]
}

/** A newer server may have states that this page does not know. */
const newerState = (_: never, texts: Texts['installation']): InstallationSentence => ({
  tone: 'wait',
  icon: 'clock',
  headline: texts.newer,
  means: [texts.newerMeans],
  details: true,
})
