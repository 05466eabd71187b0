import { type ResultChart, type ResultColumn, type ResultRow, zoneName } from '@standin/contracts'
import { measured } from '../results/artifacts/readers-table.ts'
import { machineUrl } from '../results/machine-url.ts'
import { type EmailWords, emailWords } from './email-words.ts'
import type { ResultToSend } from './find-result-to-send.ts'
import { withoutLinks } from './plain-name.ts'
import { stoppedBecause } from './stopped-because.ts'

/** The email shows no more; the rest is one click away. */
const mostCards = 5
const mostLines = 6
const linesOfCard = 3

export interface EmailSurroundings {
  appName: string
  managerUrl: string
  /** The app's own address in Manager; without it, machines are linked to their page there. */
  appUrl?: string | undefined
  /** Where the reader can stop these emails. */
  withdrawUrl: string
  /** Why no file is attached: the result is incomplete, or the file is too large. */
  lacksFile?: 'part' | 'too large' | undefined
}

export interface Card {
  title: string
  url: string | undefined
  isNew: boolean
  /** The first says why it is on the list. */
  lines: string[]
}

/** What both forms of an email show, in the reader's language. */
export type EmailParts = ReturnType<typeof emailParts>

export function emailParts(result: ResultToSend, around: EmailSurroundings) {
  const { run, habits, figure, detail, totalRows, totalNewRows, newByKind, chart } = result
  const { scheduleId } = run
  const words = emailWords(habits.language)
  const number = new Intl.NumberFormat(words.language)
  const sentence = sentenceOf(result, around.appName)
  const stay = totalRows - totalNewRows
  const resultUrl = around.appUrl ? `${around.appUrl}#/runs/${run.id}` : around.managerUrl
  const compared = chart?.kind === 'compared' ? comparedLines(chart, habits, words.language) : []
  // What is compared is no list that something stays on.
  const hasChanged = compared.length === 0 && totalNewRows > 0 && totalNewRows < totalRows
  const notes = [
    ...(around.lacksFile === 'part' ? [words.partKept] : []),
    ...(around.lacksFile === 'too large' ? [words.fileTooLarge] : []),
  ]
  return {
    words,
    language: words.language.split('-')[0] ?? 'en',
    subject: withoutStop(sentence).replaceAll(/\s+/g, ' ').slice(0, 200),
    from: result.accountName === null ? around.appName : nameOf(result.accountName),
    when: momentOf(run.endedAt, habits, words),
    figure: figure && run.state === 'succeeded' ? amount(figure.value, figure.unit, habits, words.language) : undefined,
    heading: figure && run.state === 'succeeded' ? figure.words : sentence,
    incomplete: run.incomplete,
    details: [...(detail && detail !== run.incomplete ? [detail] : []), ...notes],
    changes: hasChanged
      ? [
          {
            sign: '+',
            strong: words.areNew(totalNewRows, number.format(totalNewRows)),
            rest: newByKind.map(({ label, rows }) => `${number.format(rows)} ${label}`).join(', '),
          },
          { sign: '=', strong: words.stay(stay, number.format(stay)), rest: '' },
        ]
      : [],
    compared,
    comparedTitle: chart?.kind === 'compared' ? chart.title : '',
    cards: compared.length > 0 ? [] : cardsOf(result, around),
    button: {
      url: resultUrl,
      words: result.hasMachines && totalRows > mostCards ? words.seeAll(number.format(totalRows)) : words.seeResult,
    },
    why: words.why(around.appName, result.actionTitle),
    changeUrl: around.appUrl && scheduleId ? `${around.appUrl}#/schedules/${scheduleId}` : undefined,
  }
}

function sentenceOf({ run: { state, headline, failure, reason }, habits }: ResultToSend, app: string): string {
  const words = emailWords(habits.language)
  if (state === 'succeeded') return headline ?? words.finished
  // Only the text of an action is shown: what the server adds in development is for makers.
  const isOfAction = reason === null || reason === 'ACTION_FAILED' || reason === 'ACTION_FAULTY'
  const because = reason && stoppedBecause(reason, { app, language: words.language })
  return [words.stopped, (isOfAction && failure) || because].filter(Boolean).join(' ')
}

const withoutStop = (sentence: string) => sentence.replace(/\.$/, '')

function amount(value: number, kind: ResultColumn['kind'], habits: ResultToSend['habits'], language: string): string {
  const { value: own, unit } = measured(value, kind, habits)
  const digits = own < 100 && kind !== 'percent' ? 1 : 0
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(own)
  return unit ? `${number}\u00a0${unit}` : number
}

/** `Saturday 28 November 2026 at 06:09, Copenhagen time`. */
function momentOf(at: string | null, { timeZone }: ResultToSend['habits'], words: EmailWords): string {
  if (at === null) return ''
  const zone = timeZone ?? 'UTC'
  const format = new Intl.DateTimeFormat(words.language, { dateStyle: 'full', timeStyle: 'short', timeZone: zone })
  return `${format.format(new Date(at))}, ${zoneName(zone, words.language)}`
}

function cardsOf(result: ResultToSend, { appUrl, managerUrl }: EmailSurroundings): Card[] {
  const { columns, rows, habits, run } = result
  const shown = columns.filter(({ kind, icons }) => kind !== 'place' && icons === undefined)
  return rows.slice(0, mostCards).map((row, nth) => {
    const title = row.machine ? [row.machine.name, row.machine.detail].filter(Boolean).join(', ') : undefined
    const lines = linesOf(row, { columns: shown, habits, title })
    const url = appUrl
      ? `${appUrl}#/runs/${run.id}?row=${nth + 1}`
      : row.machine && machineUrl(managerUrl, row.machine.id)
    return {
      title: nameOf(title ?? lines[0] ?? ''),
      url: url ?? undefined,
      isNew: row.isNew,
      lines: (title === undefined ? lines.slice(1) : lines).slice(0, linesOfCard).map(nameOf),
    }
  })
}

interface Line {
  columns: readonly ResultColumn[]
  habits: ResultToSend['habits']
  title: string | undefined
}

/** The known cells, without repetitions. Unknown ones are left out. */
function linesOf(row: ResultRow, { columns, habits, title }: Line): string[] {
  const { language, colon } = emailWords(habits.language)
  const shown = new Set<string>()
  return columns.flatMap(({ key, kind, title: heading, filterable }, nth) => {
    const value = row.cells[key]
    if (value === null || value === undefined || value === '') return []
    const text = typeof value === 'number' ? amount(value, kind, habits, language) : String(value)
    if (title?.includes(text) || shown.has(text)) return []
    shown.add(text)
    if (kind === 'moment') return [`${heading}${colon} ${shortMoment(text, habits, language)}`]
    // Names explain themselves; numbers, and texts that cannot be filtered by, need their heading.
    return [nth === 0 || (kind === 'text' && filterable) ? text : `${heading}${colon} ${text}`]
  })
}

function shortMoment(at: string, { timeZone }: ResultToSend['habits'], language: string): string {
  if (Number.isNaN(Date.parse(at))) return at
  const shown = { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const
  return new Intl.DateTimeFormat(language, { ...shown, timeZone: timeZone ?? 'UTC' }).format(new Date(at))
}

function comparedLines(chart: ResultChart & { kind: 'compared' }, habits: ResultToSend['habits'], language: string) {
  const words = emailWords(habits.language)
  return (chart.groupings[0]?.rows ?? []).slice(0, mostLines).flatMap(({ label, detail, values }) => {
    const [before, now] = [values.at(-2) ?? null, values.at(-1) ?? null]
    if (now === null) return []
    const points = before === null ? undefined : Math.round(now) - Math.round(before)
    const direction = points === undefined || points === 0 ? 'same' : points > 0 ? 'up' : 'down'
    const arrow = { up: '↑', down: '↓', same: '→' }[direction]
    return {
      label: nameOf(label),
      detail: nameOf(detail ?? ''),
      value: amount(Math.round(now), chart.unit, habits, language),
      change: points === undefined ? '' : `${arrow} ${words.change(direction, Math.abs(points))}`,
    }
  })
}

/** People choose names freely: they can hold line breaks, and words that mail programs would make links of. */
const nameOf = (text: string) => withoutLinks(text.replaceAll(/[^\S\u00a0]+/g, ' ').trim())
