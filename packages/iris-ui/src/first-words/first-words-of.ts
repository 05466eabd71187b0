import type { AppRouter } from '@standin/client'
import type { TRPCClient } from '@trpc/client'
import type { FirstAnswers } from '../connection/first-answers.ts'
import { firstCheckOf } from '../first-days/first-check.ts'
import { createFirstFormats } from '../formats/first-formats.ts'
import { timeLeft } from '../formats/time-left.ts'
import type { StandinHost } from '../host.ts'
import { decideOverview } from '../overview/decide-overview.ts'
import { workingSentence } from '../overview/working-sentence.ts'
import { sortRuns } from '../runs/sort-runs.ts'
import type { FirstTexts } from '../texts/first-english.ts'

type Api = TRPCClient<AppRouter>
type AnswerOf<Procedure extends { query: (...given: never) => unknown }> = Awaited<ReturnType<Procedure['query']>>

export interface FirstWords {
  /** `start`: nothing has ever run here. */
  begins: 'start' | 'normal'
  headline: string
  lead: string
  /** The button that is going to stand beside them, for its place: without it, lines would break elsewhere. */
  button?: string
}

interface Around {
  account: string
  user: Pick<StandinHost['user'], 'language' | 'timeZone' | 'measurement'>
  texts: FirstTexts
  nowMs: number
}

/**
 * The overview's first sentences, by the decisions of the page itself.
 * @returns undefined where the page says something else, or an answer is missing that could change them
 */
export function firstWordsOf(answers: Pick<FirstAnswers, 'arrived'>, around: Around): FirstWords | undefined {
  const known = knownOf(answers)
  if (known?.installation.state !== 'active') return undefined
  const { account, user, texts, nowMs } = around
  const { begins, needs } = decideOverview(known)
  if (begins === 'start') {
    const usualSeconds = firstCheckOf(known.actions)?.usualSeconds ?? null
    const time = usualSeconds === null ? undefined : texts.time.about(timeLeft(usualSeconds))
    return { begins, headline: texts.firstDays.whatThisIs, lead: texts.firstDays.howLong(time) }
  }
  if (begins === 'after') return undefined
  const formats = createFirstFormats({ ...user, textLanguage: texts.language })
  const { headline, means } = workingSentence(known.installation, {
    account,
    needs: needs.length,
    nowMs,
    texts,
    formats,
  })
  const words = { begins, headline, lead: means.join(' ') }
  return known.actions.length > 0 ? { ...words, button: texts.actions.startAction } : words
}

/** Undefined as long as one of them is missing. */
function knownOf({ arrived }: Pick<FirstAnswers, 'arrived'>) {
  const installation = arrived('installation.get') as AnswerOf<Api['installation']['get']> | undefined
  const catalogue = arrived('action.list') as AnswerOf<Api['action']['list']> | undefined
  const scheduled = arrived('schedule.list') as AnswerOf<Api['schedule']['list']> | undefined
  const open = arrived('run.list') as AnswerOf<Api['run']['list']> | undefined
  const ended = arrived('run.latest') as AnswerOf<Api['run']['latest']> | undefined
  const undelivered = arrived('delivery.undelivered') as AnswerOf<Api['delivery']['undelivered']> | undefined
  if (!installation || !catalogue || !scheduled || !open || !ended || !undelivered) return undefined
  return {
    installation,
    ...catalogue,
    ...scheduled,
    ...sortRuns(open.runs, ended.runs),
    undelivered: undelivered.deliveries,
  }
}
