import type { ResultToSend } from './find-result-to-send.ts'

/** The body of a POST. It holds what `run.result` returns, in metric units. */
export function webhookBodyOf({ run, actionTitle, detail, columns, rows, totalRows, artifacts }: ResultToSend): string {
  const { id, accountId, actionId, state, reason, failure, headline, startedAt, endedAt, scheduleId } = run
  const named = { id, accountId, actionId, actionTitle, state, reason, failure, headline, detail, scheduleId }
  return JSON.stringify({
    type: `run.${state}`,
    timestamp: endedAt,
    data: { run: { ...named, startedAt, endedAt, artifacts }, columns, rows, totalRows },
  })
}
