import { type CompiledMessage, isMessage, type KeyedMessage, type Message, type SentChart } from '@standin/contracts'
import format from 'icu-minify/format'
import type { AnyAction } from '../actions/define-action.ts'
import type { Recorded } from './played.ts'

/** @throws Error for a text that is missing in a language of the action's `messages` */
export function checkTranslations(
  { headline, incomplete, detail, chart, figure, offer, columns, rows, log, steps, progress }: Recorded,
  action: AnyAction,
  ownColumns: readonly string[],
): void {
  const chartTexts = chart && [
    chart.title,
    chart.note,
    ...(chart.kind === 'stacked' ? chart.series.map(({ label }) => label) : []),
    ...(chart.kind === 'stacked' ? chart.columns.map(({ note }) => note) : []),
    ...(chart.kind === 'compared' ? textsOfComparison(chart) : []),
  ]
  const recorded = [
    headline,
    incomplete,
    detail,
    ...(chartTexts ?? []),
    ...(figure ? [figure.words] : []),
    ...(offer ? [offer.title, offer.means] : []),
    ...log,
    ...steps,
    ...progress.map(({ message }) => message),
    ...columns.map(({ title }) => title),
    ...rows.flatMap(({ cells }) => ownColumns.map((key) => cells[key])),
  ].filter((message) => message !== undefined && message !== null && typeof message !== 'number' && message !== '')
  for (const [language, messages] of Object.entries(action.messages ?? {})) {
    if (language === 'en') continue
    for (const message of recorded) {
      if (!isMessage(message)) throw new Error(`${action.id} says this without a key: ${message}`)
      for (const part of keyedParts(message)) checkTranslated(part, { action, language, messages })
    }
  }
}

function checkTranslated(
  { key, values }: KeyedMessage,
  {
    action,
    language,
    messages,
  }: { action: AnyAction; language: string; messages: Readonly<Record<string, CompiledMessage>> },
): void {
  if (!Object.hasOwn(messages, key)) throw new Error(`${action.id} has no text for "${key}" in "${language}"`)
  const text = String(format(messages[key] as Parameters<typeof format>[0], language, values, { formatters }))
  if (/undefined|[{}]/.test(text)) throw new Error(`${action.id} says in "${language}": ${text}`)
}

const formatters: Parameters<typeof format>[3]['formatters'] = {
  getNumberFormat: (...given) => new Intl.NumberFormat(...given),
  getPluralRules: (...given) => new Intl.PluralRules(...given),
  getDateTimeFormat: (...given) => new Intl.DateTimeFormat(...given),
}

const keyedParts = (message: Message): KeyedMessage[] => {
  if (typeof message === 'string') return []
  return 'parts' in message ? message.parts.flatMap(keyedParts) : [message]
}

function textsOfComparison({ groupings, periods, partialNote }: SentChart & { kind: 'compared' }) {
  const ofGroupings = groupings.flatMap(({ label, title, rows }) => [label, title, ...rows.map(({ detail }) => detail)])
  return [partialNote, ...periods.map(({ label }) => label), ...ofGroupings]
}
