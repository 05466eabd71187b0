import { errorReasons, type ResultColumn, type ResultRow } from '@standin/contracts'
import { type Html, html } from '../http/html.ts'
import { type ReadersCell, readersTable } from '../results/artifacts/readers-table.ts'
import { type Bar, barsOf } from './bars-of-chart.ts'
import type { ResultToSend } from './find-result-to-send.ts'

const rowsInEmail = 20
const columnsInEmail = 5

interface Surroundings {
  appName: string
  managerUrl: string
  /** Where the reader can stop these emails. */
  withdrawUrl: string
  /** A further sentence, such as why no file is attached. */
  note?: string | undefined
}

/**
 * The subject and both forms of an email: one sentence, the chart in numbers, and the first rows, new ones before the
 * others, each machine as a link into Manager.
 */
export function emailOf(
  result: ResultToSend,
  surroundings: Surroundings,
): { subject: string; text: string; html: string } {
  const parts = partsOf(result, surroundings)
  return {
    subject: `${result.actionTitle}: ${parts.sentences[0]}`.replaceAll(/\s+/g, ' ').slice(0, 200),
    text: textOf(parts, surroundings),
    html: `<!doctype html>${htmlOf(parts, surroundings).markup}`,
  }
}

/** What both forms show, in words. */
type Parts = ReturnType<typeof partsOf>

interface Line {
  machine: ResultRow['machine']
  cells: string[]
}

function partsOf(result: ResultToSend, { appName, note }: Surroundings) {
  const groups = groupsOf(result)
  const rows = groups.flatMap((group) => group.rows)
  const columns = columnsToShow(result.columns, rows)
  const { titles, cells } = readersTable(columns, result.habits)
  const lineOf = (row: ResultRow): Line => ({ machine: row.machine, cells: cells(row).slice(1).map(inWords) })
  return {
    sentences: [sentenceOf(result), result.detail, note].flatMap((words) => words || []),
    chartTitle: result.chart?.title ?? '',
    bars: result.chart ? barsOf(result.chart, result.habits) : [],
    hasMachines: rows.some(({ machine }) => machine !== null),
    titles: titles.slice(1),
    isNumber: columns.map(({ kind }) => !['text', 'moment'].includes(kind)),
    groups: groups.map((group) => ({ title: group.title, lines: group.rows.map(lineOf) })),
    more:
      result.totalRows > rows.length && rows.length > 0
        ? `These are ${groups.length > 1 ? '' : 'the first '}${rows.length} of ${counted(result.totalRows)} rows.`
        : '',
    why: `${appName} sent this because somebody asked for it in Trackunit Manager. If your role allows it, you can change this in ${appName}.`,
  }
}

function sentenceOf({ run: { state, reason, failure, headline } }: ResultToSend): string {
  if (state === 'succeeded') return headline ?? 'The run has finished.'
  return `The run did not finish. ${failure ?? (reason ? errorReasons[reason].message : '')}`.trim()
}

/** New rows come first, under a title of their own, where only some rows are new. */
function groupsOf({ rows, totalRows, newRows, totalNewRows }: ResultToSend) {
  if (totalNewRows === 0 || totalNewRows === totalRows) return [{ title: undefined, rows: rows.slice(0, rowsInEmail) }]
  const fresh = newRows.slice(0, rowsInEmail)
  const known = rows.filter(({ isNew }) => !isNew).slice(0, rowsInEmail - fresh.length)
  return [
    { title: `New since last time: ${counted(totalNewRows)}`, rows: fresh },
    { title: `Already there last time: ${counted(totalRows - totalNewRows)}`, rows: known },
  ].filter((group) => group.rows.length > 0)
}

/** The action's first columns, without positions, empty columns, and those that repeat the machine's own cell. */
function columnsToShow(columns: readonly ResultColumn[], rows: readonly ResultRow[]): ResultColumn[] {
  const repeatsMachine = ({ key }: ResultColumn) =>
    rows.every(({ machine, cells }) => machine && machineInWords(machine).includes(String(cells[key] ?? '')))
  const hasValue = ({ key }: ResultColumn) => rows.some(({ cells }) => cells[key] !== null && cells[key] !== undefined)
  return columns
    .filter((column) => column.kind !== 'place' && hasValue(column) && !repeatsMachine(column))
    .slice(0, columnsInEmail)
}

function textOf(
  { sentences, chartTitle, bars, hasMachines, titles, groups, more, why }: Parts,
  to: Surroundings,
): string {
  const lineOf = ({ machine, cells }: Line) =>
    [...(hasMachines ? [machine ? machineInWords(machine) : '–'] : []), ...cells].join(' · ')
  const head = [...(hasMachines ? ['Machine'] : []), ...titles].join(' · ')
  return [
    ...sentences,
    ...(bars.length > 0
      ? [[`${chartTitle}:`, ...bars.map(({ label, words }) => `${label}: ${words}`)].join('\n')]
      : []),
    ...groups.flatMap(({ title, lines }) =>
      lines.length > 0 ? [[...(title ? [title] : []), head, ...lines.map(lineOf)].join('\n')] : [],
    ),
    ...(more ? [more] : []),
    `See the whole result: open ${to.appName} in Trackunit Manager, ${to.managerUrl}`,
    `${why} To stop these emails: ${to.withdrawUrl}`,
  ].join('\n\n')
}

function htmlOf(
  { sentences, chartTitle, bars, hasMachines, titles, isNumber, groups, more, why }: Parts,
  to: Surroundings,
): Html {
  const [sentence = '', ...others] = sentences
  const heading = (words: string) => html`<h2 style="font-size:15px;margin:24px 0 8px">${words}</h2>`
  const cell = (words: string | Html, nth: number) =>
    html`<td style="${cellStyle};${isNumber[nth] ? 'text-align:right' : ''}">${words}</td>`
  const head = [...(hasMachines ? ['Machine'] : []), ...titles].map(
    (title, nth) =>
      html`<th style="${cellStyle};color:#5b6470;font-weight:600;text-align:${isNumber[nth - (hasMachines ? 1 : 0)] ? 'right' : 'left'}">${title}</th>`,
  )
  const rowOf = ({ machine, cells }: Line) =>
    html`<tr>${hasMachines ? cell(machine ? machineLink(machine, to.managerUrl) : '–', -1) : ''}${cells.map(cell)}</tr>`
  return html`<html lang="en"><body style="font-family:system-ui,sans-serif;font-size:15px;line-height:1.4;color:#1c2430;max-width:860px">
<p style="font-size:18px;font-weight:600">${sentence}</p>
${others.map((words) => html`<p>${words}</p>`)}
${bars.length > 0 ? [heading(chartTitle), barChart(bars)] : ''}
${groups.flatMap(({ title, lines }) => [
  ...(title ? [heading(title)] : []),
  ...(lines.length > 0
    ? [html`<table style="border-collapse:collapse;margin-top:16px"><tr>${head}</tr>${lines.map(rowOf)}</table>`]
    : []),
])}
${more ? html`<p>${more}</p>` : ''}
<p><a href="${to.managerUrl}">Open ${to.appName} in Trackunit Manager</a></p>
<p style="color:#5b6470;font-size:13px">${why} <a href="${to.withdrawUrl}">Stop these emails</a></p>
</body></html>`
}

const cellStyle = 'padding:6px 12px 6px 0;border-bottom:1px solid #d9dee4;text-align:left;vertical-align:top'
const widestBar = 240

function barChart(bars: readonly Bar[]): Html {
  const most = Math.max(...bars.map(({ value }) => value ?? 0))
  const width = (value: number | null) => (most > 0 ? Math.round((widestBar * (value ?? 0)) / most) : 0)
  const rowOf = ({ label, value, words }: Bar) =>
    html`<tr><td style="padding:2px 12px 2px 0">${label}</td><td style="width:${widestBar}px"><div style="background:#3d74b5;height:12px;width:${width(value)}px"></div></td><td style="padding:2px 0 2px 12px;text-align:right">${words}</td></tr>`
  return html`<table style="border-collapse:collapse">${bars.map(rowOf)}</table>`
}

/** A machine's name and how people know it. */
const machineInWords = ({ name, detail }: NonNullable<ResultRow['machine']>) => (detail ? `${name} (${detail})` : name)

/** Where Manager shows a machine. Not documented for apps; the app uses the same address in `host-pages.ts`. */
function machineLink({ id, name, detail }: NonNullable<ResultRow['machine']>, managerUrl: string): Html {
  const url = new URL(managerUrl)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/assets/${encodeURIComponent(id)}`
  const below = detail ? html`<br><span style="color:#5b6470;font-size:13px">${detail}</span>` : ''
  return html`<a href="${url.href}">${name}</a>${below}`
}

const counted = (count: number) => new Intl.NumberFormat('en').format(count)

/** On one line: names can hold line breaks. */
function inWords(cell: ReadersCell): string {
  if (cell === null) return '–'
  if (typeof cell === 'number') return new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(cell)
  const words =
    cell instanceof Temporal.PlainDateTime ? cell.toString({ smallestUnit: 'minute' }).replace('T', ' ') : cell
  return words.replaceAll(/\s+/g, ' ')
}
