import type { Message, ResultChart, SentChart, SentFigure, SentOffer, Spoken } from '@standin/contracts'
import type { PreviewOfRun, PreviousRun } from '../actions/run-predecessors.ts'
import type { GivenColumn } from '../results/result-writer.ts'
import type { GivenRow } from '../results/understand-rows.ts'

/** What a run produced, in English. */
export interface Played {
  headline: string
  incomplete: string
  detail: string
  chart: ResultChart | undefined
  figure: Spoken<SentFigure> | undefined
  offer: Spoken<SentOffer> | undefined
  /** The rows of each call of `early`. */
  early: Played['rows'][]
  rows: Array<Omit<GivenRow, 'cells'> & { cells: Record<string, string | number | null | undefined> }>
  columns: ReadonlyArray<Spoken<GivenColumn>>
  files: Record<string, string>
  log: string[]
  steps: string[]
  progress: Array<{ done: number; total: number | null; message: string }>
  /** Each attempt but the last one waited for Trackunit's limits, or died. */
  attempts: number
  requests: string[]
  checkpoint: unknown
  endedAt: Date
}

/** The same, with messages instead of English texts. */
export interface Recorded {
  headline: Message
  incomplete: Message
  detail: Message
  chart: SentChart | undefined
  figure: SentFigure | undefined
  offer: SentOffer | undefined
  early: GivenRow[][]
  rows: GivenRow[]
  columns: readonly GivenColumn[]
  log: Message[]
  steps: Message[]
  progress: Array<{ done: number; total: number | null; message: Message }>
}

export const nothingRecorded = (): Recorded => ({
  headline: '',
  incomplete: '',
  detail: '',
  chart: undefined,
  figure: undefined,
  offer: undefined,
  early: [],
  rows: [],
  columns: [],
  log: [],
  steps: [],
  progress: [],
})

/** A row as `read` returns it. */
export const asResultRow = ({ id, machine, cells }: GivenRow) => ({
  id,
  isNew: false,
  machine: machine ? { ...machine, detail: machine.detail ?? null } : null,
  cells: Object.fromEntries(Object.entries(cells).map(([key, value]) => [key, value ?? null])),
})

export const previousOf = (played: Played | undefined): PreviousRun | undefined =>
  played && {
    runId: 'previous',
    endedAt: played.endedAt,
    resultRowIds: async () => new Set(played.rows.map(({ id }) => id)),
  }

/** The rows of a run as its action wrote them. */
export const sent = new WeakMap<Played, GivenRow[]>()

export function previewOf(played: Played, leaveOut: readonly string[]): PreviewOfRun {
  const sentRows = sent.get(played) ?? []
  async function* inBatches(isLeftOut: boolean) {
    const rows = sentRows.filter(({ id }) => leaveOut.includes(id) === isLeftOut)
    for (let at = 0; at < rows.length; at += 100) yield rows.slice(at, at + 100).map(asResultRow)
  }
  return {
    runId: 'preview',
    endedAt: played.endedAt,
    checkpoint: played.checkpoint,
    countRows: async () => sentRows.filter(({ id }) => !leaveOut.includes(id)).length,
    rows: () => inBatches(false),
    leftOut: () => inBatches(true),
  }
}
