import type { KeyedMessage, KnownMachine, ResultIcon } from 'standin'
import { attentionMessages } from './attention-messages.ts'

const { say } = attentionMessages

/** Why a machine needs attention, the worst first: the list and its chart are in this order. */
export const reasons = [
  'silent',
  'trackerBatteryLow',
  'noData',
  'machineBatteryLow',
  'serviceOverdue',
  'fuelLow',
  'weakGps',
  'dataHealth',
] as const
export type Reason = (typeof reasons)[number]

export const iconOf: Record<Reason, ResultIcon> = {
  silent: 'no-signal',
  noData: 'wrench',
  dataHealth: 'wrench',
  weakGps: 'satellite',
  trackerBatteryLow: 'battery',
  machineBatteryLow: 'battery',
  serviceOverdue: 'clock',
  fuelLow: 'fuel',
}

export interface Finding {
  reason: Reason
  /** Such as "Silent for 19 days". */
  why: KeyedMessage | string
  /** The beginning, if it is known. */
  since: Date | null
  /** Of two findings with the same reason, the one with the larger weight is worse. */
  weight: number
}

export interface DataHealthIssue {
  type: string
  openedAt: string | null
}

export interface Thresholds {
  silentDays: number
  batteryPercent: number
  fuelPercent: number
}

/** What is known about a machine besides its own values. */
export interface KnownIssues {
  issues: readonly DataHealthIssue[]
  isServiceOverdue: boolean
  /** A machine that never reported is silent only if Trackunit left nothing out. */
  isLastSeenKnown: boolean
}

const dayMs = 86_400_000

/** Why a machine needs attention, the worst reason first. */
export function findingsOf(
  machine: Pick<KnownMachine, 'lastSeenAt' | 'batteryPercent' | 'fuelPercent'>,
  { issues, isServiceOverdue, isLastSeenKnown }: KnownIssues,
  { thresholds, now }: { thresholds: Thresholds; now: Date },
): Finding[] {
  const { lastSeenAt, batteryPercent, fuelPercent } = machine
  const silentDays = lastSeenAt ? Math.floor((now.getTime() - lastSeenAt.getTime()) / dayMs) : undefined
  const isSilent = silentDays !== undefined && silentDays >= thresholds.silentDays
  const findings: Finding[] = [
    ...(isSilent ? [finding('silent', say('silentFor', { days: silentDays }), silentDays, lastSeenAt)] : []),
    ...(silentDays === undefined && isLastSeenKnown ? [finding('silent', say('neverReported'), 0)] : []),
    ...(batteryPercent !== null && batteryPercent < thresholds.batteryPercent
      ? [finding('machineBatteryLow', say('chargeAt', { percent: Math.round(batteryPercent) }), 100 - batteryPercent)]
      : []),
    ...(fuelPercent !== null && fuelPercent < thresholds.fuelPercent
      ? [finding('fuelLow', say('fuelAt', { percent: Math.round(fuelPercent) }), 100 - fuelPercent)]
      : []),
    ...(isServiceOverdue ? [finding('serviceOverdue', say('serviceIsOverdue'), 0)] : []),
    // That a silent machine sends no data goes without saying.
    ...issues
      .filter(({ type }) => !(isSilent && type === 'DATA_NOT_RECEIVED'))
      .map((issue) => findingOfIssue(issue, now)),
  ]
  return findings.sort(worseFirst)
}

export const worseFirst = (left: Finding, right: Finding): number =>
  reasons.indexOf(left.reason) - reasons.indexOf(right.reason) || right.weight - left.weight

const finding = (reason: Reason, why: Finding['why'], weight: number, since: Date | null = null): Finding => ({
  reason,
  why,
  weight,
  since,
})

type SinceKey = 'noDataFor' | 'noEngineDataFor' | 'trackerBatteryLowFor' | 'machineBatteryLowFor' | 'weakGpsFor'
interface KnownIssue {
  reason: Reason
  since: SinceKey
  without: Reason | 'noEngineData'
}

/** Each with the message for an issue of which it is known how long it has been open, and for one of which it is not. */
const knownIssues = new Map<string, KnownIssue>(
  Object.entries({
    DATA_NOT_RECEIVED: { reason: 'noData', since: 'noDataFor', without: 'noData' },
    NO_CAN_DATA_WIRING: { reason: 'noData', since: 'noEngineDataFor', without: 'noEngineData' },
    LOW_DEVICE_BATTERY_VOLTAGE: {
      reason: 'trackerBatteryLow',
      since: 'trackerBatteryLowFor',
      without: 'trackerBatteryLow',
    },
    LOW_DEVICE_INPUT_VOLTAGE: {
      reason: 'machineBatteryLow',
      since: 'machineBatteryLowFor',
      without: 'machineBatteryLow',
    },
    LOW_GPS_COVERAGE: { reason: 'weakGps', since: 'weakGpsFor', without: 'weakGps' },
  }),
)

function findingOfIssue({ type, openedAt }: DataHealthIssue, now: Date): Finding {
  const openedMs = openedAt === null ? Number.NaN : Date.parse(openedAt)
  const days = Number.isNaN(openedMs) ? undefined : Math.max(0, Math.floor((now.getTime() - openedMs) / dayMs))
  const since = days === undefined ? null : new Date(openedMs)
  const known = knownIssues.get(type)
  if (!known)
    return finding(
      'dataHealth',
      `${type.charAt(0)}${type.slice(1).toLowerCase().replaceAll('_', ' ')}`,
      days ?? 0,
      since,
    )
  return finding(known.reason, days === undefined ? say(known.without) : say(known.since, { days }), days ?? 0, since)
}
