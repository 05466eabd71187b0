import { type ErrorReason, errorReasons } from '@standin/contracts'
import { readXlsx } from 'hucre/xlsx'
import { describe, expect, test } from 'vitest'
import { result, row } from '../../test/result-to-send.ts'
import { csvOf, xlsxOf } from '../results/artifacts/table-files.ts'
import { emailOf } from './email-of-result.ts'
import { emailWords } from './email-words.ts'
import type { ResultToSend } from './find-result-to-send.ts'
import { stoppedBecause } from './stopped-because.ts'

const languages = ['en-GB', 'da-DK', 'de-DE', 'sv-SE', 'fr-FR']
const around = {
  appName: 'Xyz',
  managerUrl: 'https://m.example',
  appUrl: 'https://m.example/xyz',
  withdrawUrl: 'https://x.example/w',
}

/** What an action says is nothing but digits here: every word is ours. */
const bare: ResultToSend = {
  ...result,
  run: { ...result.run, headline: '1.', incomplete: '2.', scheduleId: 's' },
  actionTitle: '3',
  detail: '4',
  columns: [{ key: 'reason', title: '5', kind: 'place', filterable: true }],
  rows: [row('a', '6', { machine: { id: 'm', name: '6', detail: null }, cells: { reason: '55.7,12.6' }, isNew: true })],
  totalRows: 9,
  totalNewRows: 1,
  newByKind: [{ label: '7', rows: 1 }],
  figure: { value: 8, unit: 'number', words: '9' },
}
const compared: ResultToSend['chart'] = {
  kind: 'compared',
  title: '1',
  unit: 'percent',
  isMoreWorse: true,
  partialNote: null,
  note: null,
  periods: ['1', '2'].map((label) => ({ label, isPartial: false })),
  groupings: [
    {
      key: 'k',
      label: '1',
      title: '2',
      rows: [
        { label: '3', detail: null, values: [1, 9] },
        { label: '4', detail: null, values: [9, 1] },
        { label: '5', detail: null, values: [1, 1] },
      ],
    },
  ],
}

/** Every email and file there is, in one language. */
async function said(language: string): Promise<string> {
  const habits = { ...bare.habits, timeZone: 'UTC', language }
  const sent = { ...bare, habits }
  const failed = (reason: ErrorReason): ResultToSend => ({ ...sent, run: { ...sent.run, state: 'failed', reason } })
  const emails = [
    emailOf(sent, around),
    emailOf({ ...sent, chart: compared }, around),
    emailOf({ ...sent, run: { ...sent.run, headline: null }, figure: null, totalRows: 1 }, around),
    ...(Object.keys(errorReasons) as ErrorReason[]).map((reason) => emailOf(failed(reason), around)),
    ...(['part', 'too large'] as const).map((lacksFile) => emailOf(sent, { ...around, lacksFile })),
  ]
  const table = () => ({
    columns: sent.columns,
    hasMachines: true,
    habits,
    sentence: '1',
    batches: (async function* () {
      yield [...sent.rows]
    })(),
  })
  const { sheets } = await readXlsx(Buffer.concat(await Array.fromAsync(xlsxOf(table()))))
  return [
    ...emails.flatMap(({ subject, text }) => [subject, text]),
    ...(await Array.fromAsync(csvOf(table()))),
    ...sheets.flatMap(({ name, rows }) => [name, ...rows.flat().map(String)]),
  ].join('\n')
}

/** The sentences of a language, with their gaps filled. */
function sentencesOf(language: string): string[] {
  const words = Object.values(emailWords(language)).map((value: unknown) =>
    typeof value === 'function' ? (value('up', 'up') as string) : (value as string),
  )
  const because = (Object.keys(errorReasons) as ErrorReason[]).map((reason) =>
    stoppedBecause(reason, { app: 'Xyz', language }),
  )
  return [...words, ...because].filter((text) => text !== undefined && text.split(' ').length > 2) as string[]
}

describe.each(languages)('in %s', (language) => {
  test('no email and no file mixes in another language', async () => {
    const all = await said(language)
    const own = sentencesOf(language)
    for (const other of languages.filter((each) => each !== language))
      expect(sentencesOf(other).filter((text) => !own.includes(text) && all.includes(text))).toEqual([])
    // Words that only English has, and that its sentences are full of.
    if (language !== 'en-GB') expect(all.match(/\b(the|is|are|your|this|with|not|Result|Summary)\b/g)).toBeNull()
    // Also where a label and its text are put together.
    if (language === 'fr-FR') expect(all.match(/.{0,40}[^\u00a0]:\s.*/g)).toBeNull()
    expect(own.filter((text) => all.includes(text)).length).toBeGreaterThan(20)
  })
})
