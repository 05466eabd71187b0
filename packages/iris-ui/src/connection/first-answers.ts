import type { AppRouter } from '@standin/client'
import type { TRPCClient } from '@trpc/client'
import { otherLanguage } from '../texts/other-languages.ts'
import { spokenLanguage } from '../texts/spoken-language.ts'
import { endpointOf } from './endpoint.ts'
import { allSchedules, goingRuns } from './first-lists.ts'

export { restorePlace } from '../shell/kept-place.ts'

/** The first page's queries, sent before its code has loaded. Each answer is used once; later queries go to the server. */
export interface FirstAnswers {
  /** By `performance.now`. */
  askedAtMs: number
  /** @returns undefined if it was not sent, or too long ago; rejects without an answer, and the query is then sent as usual */
  take: (path: string, input: unknown) => Promise<unknown> | undefined
  /** Takes all answers that have arrived, so that the first paint shows them. */
  takeArrived: () => Array<{ path: string; input: unknown; data: unknown }>
  /** The answer of this path, if it has come: for what is drawn before the pages are there. It can still be taken. */
  arrived: (path: string) => unknown
  /** Resolves once all have arrived or failed, and the texts of the user's language are loaded. */
  settled: Promise<unknown>
}

interface Asking {
  serverUrl: string
  token: string
  accountId: string
  /** The user's, a BCP 47 tag. */
  language: string
  /** The address of the page in the app, from `#/`. */
  hash: string
}

type Api = TRPCClient<AppRouter>
type InputOf<Procedure extends { query: (input: never) => unknown }> = Parameters<Procedure['query']>[0]

const FRESH_MS = 10_000

/** For the small entry of an app: imports no library. */
export function askFirst({ serverUrl, token, ...given }: Asking): FirstAnswers {
  const askedAtMs = performance.now()
  const questions = questionsOf(given)
  const path = questions.map(([path]) => path).join()
  const inputs = JSON.stringify(Object.fromEntries(questions.map(([, input], index) => [index, input])))
  const answered = fetch(`${endpointOf(serverUrl)}/${path}?batch=1&input=${encodeURIComponent(inputs)}`, {
    headers: { authorization: `Bearer ${token}` },
  }).then((response) => response.json() as Promise<ReadonlyArray<{ result?: { data: unknown } }>>)

  const open = new Map(
    questions.map(([path, input], index) => [keyOf(path, input), openQuestion(path, input, answerOf(answered, index))]),
  )
  const asked = [...open.values()]
  const isFresh = () => performance.now() - askedAtMs < FRESH_MS
  return {
    askedAtMs,
    take(path, input) {
      const key = keyOf(path, input)
      const question = open.get(key)
      open.delete(key)
      return isFresh() ? question?.answer : undefined
    },
    takeArrived() {
      if (!isFresh()) return []
      return [...open].flatMap(([key, { path, input, arrived }]) => {
        if (!arrived) return []
        open.delete(key)
        return [{ path, input, data: arrived.data }]
      })
    },
    arrived: (wanted) => asked.find(({ path }) => path === wanted)?.arrived?.data,
    settled: Promise.allSettled([...asked.map(({ answer }) => answer), otherLanguage(given.language)]),
  }
}

interface OpenQuestion {
  path: string
  input: unknown
  answer: Promise<unknown>
  arrived?: { data: unknown }
}

function openQuestion(path: string, input: unknown, answer: Promise<unknown>): OpenQuestion {
  const question: OpenQuestion = { path, input, answer }
  answer.then(
    (data) => {
      question.arrived = { data }
    },
    () => {}, // Its reader then asks the server as usual.
  )
  return question
}

/** As the hooks of the pages ask them. */
function questionsOf({ accountId, language, hash }: Omit<Asking, 'serverUrl' | 'token'>) {
  const everywhere: Array<[string, object]> = [
    ['installation.get', { accountId } satisfies InputOf<Api['installation']['get']>],
    ['action.list', { accountId, language: spokenLanguage(language) } satisfies InputOf<Api['action']['list']>],
  ]
  if (!['', '#', '#/'].includes(hash)) return everywhere
  return [
    ...everywhere,
    ['schedule.list', allSchedules(accountId) satisfies InputOf<Api['schedule']['list']>],
    ['run.list', goingRuns(accountId) satisfies InputOf<Api['run']['list']>],
    ['run.latest', { accountId } satisfies InputOf<Api['run']['latest']>],
    ['delivery.undelivered', { accountId } satisfies InputOf<Api['delivery']['undelivered']>],
  ] as Array<[string, object]>
}

const keyOf = (path: string, input: unknown) => `${path} ${JSON.stringify(input)}`

function answerOf(answered: Promise<ReadonlyArray<{ result?: { data: unknown } }>>, index: number): Promise<unknown> {
  return answered.then((answers) => {
    const result = answers[index]?.result
    if (!result) throw new Error('The server gave no answer.')
    return result.data
  })
}
