import type { KnownMachine } from 'standin'

/** Why a machine needs attention, the worse one first; by it the list is ordered and drawn. */
export const reasons = [
  'Silent',
  'Tracker battery low',
  'No data',
  'Machine battery low',
  'Service overdue',
  'Fuel low',
  'Weak GPS',
  'Data health',
] as const
export type Reason = (typeof reasons)[number]

export interface Finding {
  reason: Reason
  /** In words, such as "Silent for 19 days". */
  why: string
  /** Of two with one reason, the larger is the worse. */
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

/** What is known of a machine beside its own values. */
export interface KnownIssues {
  issues: readonly DataHealthIssue[]
  isServiceOverdue: boolean
  /** A machine that was never heard of is silent only where Trackunit left nothing out. */
  isLastSeenKnown: boolean
}

const dayMs = 86_400_000

/** What a machine needs attention for, the worst first. */
export function findingsOf(
  machine: Pick<KnownMachine, 'lastSeenAt' | 'batteryPercent' | 'fuelPercent'>,
  { issues, isServiceOverdue, isLastSeenKnown }: KnownIssues,
  { thresholds, now }: { thresholds: Thresholds; now: Date },
): Finding[] {
  const { lastSeenAt, batteryPercent, fuelPercent } = machine
  const silentDays = lastSeenAt ? Math.floor((now.getTime() - lastSeenAt.getTime()) / dayMs) : undefined
  const isSilent = silentDays !== undefined && silentDays >= thresholds.silentDays
  const findings: Finding[] = [
    ...(isSilent ? [{ reason: 'Silent' as const, why: `Silent for ${days(silentDays)}`, weight: silentDays }] : []),
    ...(silentDays === undefined && isLastSeenKnown
      ? [{ reason: 'Silent' as const, why: 'Never sent anything', weight: 0 }]
      : []),
    ...(batteryPercent !== null && batteryPercent < thresholds.batteryPercent
      ? [
          {
            reason: 'Machine battery low' as const,
            why: `Charge at ${percent(batteryPercent)}`,
            weight: 100 - batteryPercent,
          },
        ]
      : []),
    ...(fuelPercent !== null && fuelPercent < thresholds.fuelPercent
      ? [{ reason: 'Fuel low' as const, why: `Fuel at ${percent(fuelPercent)}`, weight: 100 - fuelPercent }]
      : []),
    ...(isServiceOverdue ? [{ reason: 'Service overdue' as const, why: 'Service is overdue', weight: 0 }] : []),
    // A machine that is silent receives no data: once is enough.
    ...issues
      .filter(({ type }) => !(isSilent && type === 'DATA_NOT_RECEIVED'))
      .map((issue) => findingOfIssue(issue, now)),
  ]
  return findings.sort(worseFirst)
}

export const worseFirst = (left: Finding, right: Finding): number =>
  reasons.indexOf(left.reason) - reasons.indexOf(right.reason) || right.weight - left.weight

const inWords = new Map<string, { reason: Reason; why: string }>(
  Object.entries({
    DATA_NOT_RECEIVED: { reason: 'No data', why: 'No data' },
    NO_CAN_DATA_WIRING: { reason: 'No data', why: 'No engine data, the wiring to the tracker most likely,' },
    LOW_DEVICE_BATTERY_VOLTAGE: { reason: 'Tracker battery low', why: 'Tracker battery low' },
    LOW_DEVICE_INPUT_VOLTAGE: { reason: 'Machine battery low', why: 'Machine battery low' },
    LOW_GPS_COVERAGE: { reason: 'Weak GPS', why: 'Weak GPS' },
  } as const),
)

function findingOfIssue({ type, openedAt }: DataHealthIssue, now: Date): Finding {
  const { reason, why } = inWords.get(type) ?? {
    reason: 'Data health' as const,
    why: `${type.charAt(0)}${type.slice(1).toLowerCase().replaceAll('_', ' ')}`,
  }
  const openedMs = openedAt === null ? Number.NaN : Date.parse(openedAt)
  if (Number.isNaN(openedMs)) return { reason, why: why.replace(/,$/, ''), weight: 0 }
  const open = Math.max(0, Math.floor((now.getTime() - openedMs) / dayMs))
  return { reason, why: `${why} for ${days(open)}`, weight: open }
}

const days = (count: number) => (count === 1 ? '1 day' : `${count} days`)
const percent = (value: number) => `${Math.round(value)} %`
