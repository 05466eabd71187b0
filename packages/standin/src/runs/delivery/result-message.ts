import { errorReasons, type ResultColumn, type ResultRow, type Run } from '@standin/contracts'
import { type ReaderHabits, type ReadersCell, readersTable } from '../artifacts/readers-table.ts'

/** What a run came to, to be told to somebody who is not looking. */
export interface ResultToTell {
  run: Pick<
    Run,
    'id' | 'accountId' | 'actionId' | 'state' | 'reason' | 'headline' | 'startedAt' | 'endedAt' | 'scheduleId'
  >
  actionTitle: string
  detail: string | null
  columns: readonly ResultColumn[]
  /** The first ones. */
  rows: readonly ResultRow[]
  totalRows: number
  artifacts: Run['artifacts']
  habits: ReaderHabits
}

const rowsInEmail = 20
const columnsInEmail = 6

/** The subject and the two forms of an email: the sentence, the first rows, and a link into Manager. */
export function emailOf(
  told: ResultToTell,
  { appName, managerUrl, left }: { appName: string; managerUrl: string; left?: string | undefined },
): { subject: string; text: string; html: string } {
  const { actionTitle, totalRows } = told
  const sentence = sentenceOf(told)
  const columns = told.columns.slice(0, columnsInEmail)
  const { titles, cells } = readersTable(columns, told.habits)
  const rows = told.rows.slice(0, rowsInEmail)
  const hasMachines = rows.some(({ machine }) => machine !== null)
  const shown = (all: readonly ReadersCell[]) => (hasMachines ? all : all.slice(1)).map(inWords)
  const head = shown(titles)
  const lines = rows.map((row) => shown(cells(row)))
  const more =
    totalRows > rows.length && rows.length > 0 ? `These are the first ${rows.length} of ${totalRows} rows.` : undefined
  const said = [sentence, told.detail, left].filter((text) => text !== null && text !== undefined)

  return {
    subject: `${actionTitle}: ${sentence}`.replaceAll(/\s+/g, ' ').slice(0, 200),
    text: [
      ...said,
      ...(lines.length > 0 ? [[head, ...lines].map((line) => line.join(' · ')).join('\n')] : []),
      ...(more ? [more] : []),
      `See it whole: open ${appName} in Trackunit Manager, ${managerUrl}`,
      `${appName} sends this because somebody of your account asked it to. Whoever may, changes that in ${appName}.`,
    ].join('\n\n'),
    html: page(
      [
        ...said.map((text) => `<p>${escaped(text)}</p>`),
        ...(lines.length > 0 ? [tableOf(head, lines)] : []),
        ...(more ? [`<p>${more}</p>`] : []),
        `<p><a href="${escaped(managerUrl)}">Open ${escaped(appName)} in Trackunit Manager</a></p>`,
        `<p style="color:#5b6470;font-size:13px">${escaped(appName)} sends this because somebody of your account asked it to. Whoever may, changes that in ${escaped(appName)}.</p>`,
      ].join('\n'),
    ),
  }
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
export const rowsToTell = Math.max(rowsInEmail, rowsInWebhook)

function sentenceOf({ run: { state, reason, headline } }: ResultToTell): string {
  if (state === 'succeeded') return headline ?? 'It is done.'
  return `It did not come to its end. ${reason ? errorReasons[reason].message : ''}`.trim()
}

const inWords = (cell: ReadersCell): string => {
  if (cell === null) return '–'
  if (typeof cell === 'number') return new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(cell)
  return cell instanceof Temporal.PlainDateTime ? cell.toString({ smallestUnit: 'minute' }).replace('T', ' ') : cell
}

function tableOf(head: readonly string[], lines: ReadonlyArray<readonly string[]>): string {
  const cell = (tag: 'th' | 'td') => (text: string) =>
    `<${tag} style="padding:6px 12px;border-bottom:1px solid #d9dee4;text-align:left">${escaped(text)}</${tag}>`
  const row = (cells: readonly string[], tag: 'th' | 'td') => `<tr>${cells.map(cell(tag)).join('')}</tr>`
  return `<table style="border-collapse:collapse">${row(head, 'th')}${lines.map((line) => row(line, 'td')).join('')}</table>`
}

const page = (body: string) =>
  `<!doctype html><html lang="en"><body style="font-family:system-ui,sans-serif;font-size:15px;color:#1c2430">${body}</body></html>`

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? '')
