import {
  errorReasons,
  type ResultChart,
  type ResultColumn,
  type ResultRow,
  type Run,
  type Spoken,
} from '@standin/contracts'
import type { ReaderHabits } from '../results/artifacts/readers-table.ts'

/** What a run came to, to be told to somebody who is not looking. */
export interface ResultToTell {
  run: Spoken<
    Pick<
      Run,
      'id' | 'accountId' | 'actionId' | 'state' | 'reason' | 'headline' | 'startedAt' | 'endedAt' | 'scheduleId'
    >
  >
  actionTitle: string
  detail: string | null
  chart: ResultChart | null
  columns: readonly ResultColumn[]
  hasMachines: boolean
  /** The first ones. */
  rows: readonly ResultRow[]
  totalRows: number
  /** Those that the run before had not: the first ones, and how many there are. */
  newRows: readonly ResultRow[]
  totalNewRows: number
  artifacts: Run['artifacts']
  habits: ReaderHabits
}

const rowsInWebhook = 100

/** The body of a POST. What it holds is what `run.result` gives, in metric units. */
export function webhookBodyOf({ run, actionTitle, detail, columns, rows, totalRows, artifacts }: ResultToTell): string {
  const { id, accountId, actionId, state, reason, headline, startedAt, endedAt, scheduleId } = run
  return JSON.stringify({
    type: `run.${state}`,
    timestamp: endedAt,
    data: {
      run: {
        id,
        accountId,
        actionId,
        actionTitle,
        state,
        reason,
        headline,
        detail,
        scheduleId,
        startedAt,
        endedAt,
        artifacts,
      },
      columns,
      rows: rows.slice(0, rowsInWebhook),
      totalRows,
    },
  })
}

/** The most rows that any message shows. */
export const rowsToTell = rowsInWebhook

/** What it came to, in a sentence. */
export function sentenceOf({ run: { state, reason, headline } }: ResultToTell): string {
  if (state === 'succeeded') return headline ?? 'It is done.'
  return `It did not come to its end. ${reason ? errorReasons[reason].message : ''}`.trim()
}
