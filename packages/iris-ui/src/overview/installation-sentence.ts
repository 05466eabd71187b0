import type { Installation } from '@standin/client'
import type { Formats } from '../formats/create-formats.ts'
import type { IconName } from '../parts/icon.tsx'
import type { Tone } from '../parts/tone.ts'
import type { Texts } from '../texts/en.ts'

/** Three parts: what happened, what it means, what to do. The icon's shape says the state without its colour. */
export interface InstallationSentence {
  tone: Tone
  icon: IconName
  headline: string
  means: string[]
  /** Absent where there is nothing to do. */
  toDo?: string
  foot?: string
  /** While the access is tried for the first time. */
  steps?: boolean
  /** Where people may need to send us what we know. */
  details?: boolean
  /** Where installing (again) is what helps. */
  marketplace?: boolean
}

interface Circumstances {
  account: string
  /** How many things wait for a person. */
  needs: number
  /** How many schedules wait for the access. */
  onHold?: number
  nowMs: number
  texts: Texts
  formats: Formats
}

const SLOW_AFTER_MS = 3 * 60_000

/** The one sentence that the page opens with. */
export function installationSentence(installation: Installation, around: Circumstances): InstallationSentence {
  const { account, needs, onHold = 0, nowMs, formats } = around
  const texts = around.texts.installation
  const sinceMs = installation.since ? Date.parse(installation.since) : nowMs
  const since = formats.moment(new Date(sinceMs).toISOString(), nowMs)

  switch (installation.state) {
    case 'active':
      return {
        tone: 'ok',
        icon: 'check',
        headline: needs > 0 ? texts.workingButNeeds(needs) : texts.working,
        means: [texts.worksFor(account), ...(installation.since ? [texts.workingSince(since)] : [])],
      }
    case 'pending':
      if (nowMs - sinceMs >= SLOW_AFTER_MS) {
        return { tone: 'wait', icon: 'clock', headline: texts.slow, means: [texts.slowMeans], foot: texts.slowDo }
      }
      return {
        tone: 'run',
        icon: 'run',
        headline: texts.pending,
        means: [texts.pendingMeans(account)],
        foot: texts.pendingDo,
        steps: true,
      }
    case 'parked':
      return {
        tone: 'bad',
        icon: 'pause',
        headline: texts.parked(since),
        means: [texts.parkedMeans, ...(onHold > 0 ? [texts.onHold(onHold)] : [])],
        toDo: texts.parkedDo,
        foot: texts.parkedFoot,
        marketplace: true,
      }
    case 'rejected':
      return {
        tone: 'bad',
        icon: 'bad',
        headline: texts.rejected,
        means: [texts.rejectedMeans],
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
      return unreachable(installation.state)
  }
}

function unreachable(state: never): never {
  throw new Error(`Unknown installation state ${String(state)}`)
}
