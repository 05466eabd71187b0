import type { ResultColumn, ResultRow } from '@standin/contracts'
import { type ReadersCell, readersTable } from '../results/artifacts/readers-table.ts'
import { type Bar, barsOf } from './bars-of-chart.ts'
import { type Html, html } from './html.ts'
import { type ResultToTell, sentenceOf } from './result-message.ts'

const rowsInEmail = 20
const columnsInEmail = 5

interface Given {
  appName: string
  managerUrl: string
  /** What else there is to say, such as why the file does not go along. */
  left?: string | undefined
}

/**
 * The subject and the two forms of an email: the sentence, the chart in numbers, the first rows, those that are new
 * before the others, each machine as a link into Manager.
 */
export function emailOf(told: ResultToTell, given: Given): { subject: string; text: string; html: string } {
  const { appName, managerUrl, left } = given
  const sentence = sentenceOf(told)
  const groups = groupsOf(told)
  const rows = groups.flatMap((group) => group.rows)
  const columns = columnsToTell(told.columns, rows)
  const { titles, cells } = readersTable(columns, told.habits)
  const parts: Parts = {
    said: [sentence, told.detail, left].flatMap((words) => words || []),
    chartTitle: told.chart?.title ?? '',
    bars: told.chart ? barsOf(told.chart, told.habits) : [],
    hasMachines: rows.some(({ machine }) => machine !== null),
    titles: titles.slice(1),
    isNumber: columns.map(({ kind }) => !['text', 'moment'].includes(kind)),
    groups: groups.map(({ title, rows }) => ({
      title,
      lines: rows.map((row) => ({ machine: row.machine, cells: cells(row).slice(1).map(inWords) })),
    })),
    more:
      told.totalRows > rows.length && rows.length > 0
        ? `These are ${groups.length > 1 ? '' : 'the first '}${rows.length} of ${counted(told.totalRows)} rows.`
        : '',
    why: `${appName} sends this because somebody of your account asked it to. Whoever may, changes that in ${appName}.`,
  }
  return {
    subject: `${told.actionTitle}: ${sentence}`.replaceAll(/\s+/g, ' ').slice(0, 200),
    text: textOf(parts, given),
    html: `<!doctype html>${htmlOf(parts, { appName, managerUrl }).markup}`,
  }
}

interface Parts {
  said: string[]
  chartTitle: string
  bars: Bar[]
  hasMachines: boolean
  titles: string[]
  isNumber: boolean[]
  groups: Array<{ title: string | undefined; lines: Line[] }>
  more: string
  why: string
}
interface Line {
  machine: ResultRow['machine']
  cells: string[]
}

/** What is new comes first, under a title of its own, where only some of it is. */
function groupsOf({ rows, totalRows, newRows, totalNewRows }: ResultToTell) {
  if (totalNewRows === 0 || totalNewRows === totalRows) return [{ title: undefined, rows: rows.slice(0, rowsInEmail) }]
  const fresh = newRows.slice(0, rowsInEmail)
  const known = rows.filter(({ isNew }) => !isNew).slice(0, rowsInEmail - fresh.length)
  return [
    { title: `New since last time: ${counted(totalNewRows)}`, rows: fresh },
    { title: `There last time as well: ${counted(totalRows - totalNewRows)}`, rows: known },
  ].filter((group) => group.rows.length > 0)
}

/** The action's first ones; without positions, what the machine's own cell says, and what is known of no row. */
function columnsToTell(columns: readonly ResultColumn[], rows: readonly ResultRow[]): ResultColumn[] {
  const isSaidByMachine = ({ key }: ResultColumn) =>
    rows.every(({ machine, cells }) => machine && machineInWords(machine).includes(String(cells[key] ?? '')))
  const isKnown = ({ key }: ResultColumn) => rows.some(({ cells }) => cells[key] !== null && cells[key] !== undefined)
  return columns
    .filter((column) => column.kind !== 'place' && isKnown(column) && !isSaidByMachine(column))
    .slice(0, columnsInEmail)
}

function textOf({ said, chartTitle, bars, hasMachines, titles, groups, more, why }: Parts, given: Given): string {
  const lineOf = ({ machine, cells }: Line) =>
    [...(hasMachines ? [machine ? machineInWords(machine) : '–'] : []), ...cells].join(' · ')
  const head = [...(hasMachines ? ['Machine'] : []), ...titles].join(' · ')
  return [
    ...said,
    ...(bars.length > 0
      ? [[`${chartTitle}:`, ...bars.map(({ label, words }) => `${label}: ${words}`)].join('\n')]
      : []),
    ...groups.flatMap(({ title, lines }) =>
      lines.length > 0 ? [[...(title ? [title] : []), head, ...lines.map(lineOf)].join('\n')] : [],
    ),
    ...(more ? [more] : []),
    `See it whole: open ${given.appName} in Trackunit Manager, ${given.managerUrl}`,
    why,
  ].join('\n\n')
}

function htmlOf(
  { said, chartTitle, bars, hasMachines, titles, isNumber, groups, more, why }: Parts,
  given: Given,
): Html {
  const [sentence = '', ...others] = said
  const heading = (words: string) => html`<h2 style="font-size:15px;margin:24px 0 8px">${words}</h2>`
  const cell = (words: string | Html, nth: number) =>
    html`<td style="${cellStyle};${isNumber[nth] ? 'text-align:right' : ''}">${words}</td>`
  const head = [...(hasMachines ? ['Machine'] : []), ...titles].map(
    (title, nth) =>
      html`<th style="${cellStyle};color:#5b6470;font-weight:600;text-align:${isNumber[nth - (hasMachines ? 1 : 0)] ? 'right' : 'left'}">${title}</th>`,
  )
  const rowOf = ({ machine, cells }: Line) =>
    html`<tr>${hasMachines ? cell(machine ? machineLink(machine, given.managerUrl) : '–', -1) : ''}${cells.map(cell)}</tr>`
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
<p><a href="${given.managerUrl}">Open ${given.appName} in Trackunit Manager</a></p>
<p style="color:#5b6470;font-size:13px">${why}</p>
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

/** What it is, and by what people know it. */
const machineInWords = ({ name, detail }: NonNullable<ResultRow['machine']>) => (detail ? `${name} (${detail})` : name)

/** Where Manager shows a machine. Not documented for apps; the app has the same address in its `host-pages.ts`. */
function machineLink({ id, name, detail }: NonNullable<ResultRow['machine']>, managerUrl: string): Html {
  const url = new URL(managerUrl)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/assets/${encodeURIComponent(id)}`
  const below = detail ? html`<br><span style="color:#5b6470;font-size:13px">${detail}</span>` : ''
  return html`<a href="${url.href}">${name}</a>${below}`
}

const counted = (count: number) => new Intl.NumberFormat('en').format(count)

/** On one line: a name can hold the end of one. */
function inWords(cell: ReadersCell): string {
  if (cell === null) return '–'
  if (typeof cell === 'number') return new Intl.NumberFormat('en', { maximumFractionDigits: 1 }).format(cell)
  const words =
    cell instanceof Temporal.PlainDateTime ? cell.toString({ smallestUnit: 'minute' }).replace('T', ' ') : cell
  return words.replaceAll(/\s+/g, ' ')
}
