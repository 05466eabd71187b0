import { type ErrorData, type ErrorReason, errorReasons, type ProcedureContract, procedures } from '@standin/contracts'
import { TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import type { AppRouter } from '../app-router.ts'

/** A refusal by the fake server, with the reason and message of the real one. */
export class FakeRefusal extends Error {
  readonly data: ErrorData

  constructor(reason: ErrorReason, details: Pick<ErrorData, 'retryAfterMs' | 'issues'> = {}) {
    const { http, trpc, message } = errorReasons[reason]
    super(message)
    this.data = { code: trpc, httpStatus: http, reason, requestId: 'fake', ...details }
  }
}

/** Numbered events and their listeners. */
export interface FakeStream {
  eventsAfter(seq: number): ReadonlyArray<{ seq: number }>
  hasEnded(): boolean
  onChange(listener: () => void): () => void
}

export interface FakeServer {
  call(path: string, input: unknown): Promise<unknown>
  stream(path: string, input: unknown): FakeStream
}

/** Calls a server in this process. Inputs are checked as the real server checks them. */
export function fakeLink(server: FakeServer): TRPCLink<AppRouter> {
  return () =>
    ({ op: { type, path, input } }) =>
      observable((observer) => {
        const fail = (error: unknown) => observer.error(asClientError(error))
        if (type === 'subscription') {
          try {
            return follow(server.stream(path, checked(path, input)), lastSeq(input), observer)
          } catch (error) {
            return fail(error)
          }
        }
        // The answer is a copy, as over a network: a caller that changes it changes nothing here.
        Promise.resolve()
          .then(() => server.call(path, checked(path, input)))
          .then((data) => {
            observer.next({ result: { type: 'data', data: structuredClone(data) } })
            observer.complete()
          })
          .catch(fail)
      })
}

interface Observer {
  next(value: { result: { type: 'data'; data: unknown } }): void
  complete(): void
}

function follow(stream: FakeStream, after: number, observer: Observer): () => void {
  let last = after
  let stop = () => {}
  const catchUp = () => {
    for (const event of stream.eventsAfter(last)) {
      last = event.seq
      observer.next({ result: { type: 'data', data: { id: String(event.seq), data: structuredClone(event) } } })
    }
    if (!stream.hasEnded()) return
    stop()
    observer.complete()
  }
  stop = stream.onChange(catchUp)
  queueMicrotask(catchUp)
  return () => stop()
}

const lastSeq = (input: unknown) => Number((input as { lastEventId?: string | null }).lastEventId ?? 0)

function checked(path: string, input: unknown): unknown {
  const [noun = '', name = ''] = path.split('.')
  const contract = (procedures as Record<string, Record<string, ProcedureContract>>)[noun]?.[name]
  if (contract === undefined) throw new FakeRefusal('NOT_FOUND')
  if (!contract.callers.includes('service')) throw new FakeRefusal('ACCOUNT_FORBIDDEN')
  const { data, error } = contract.input.safeParse(input)
  if (!error) return data
  const issues = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new FakeRefusal('INPUT_INVALID', { issues })
}

function asClientError(error: unknown): TRPCClientError<AppRouter> {
  if (!(error instanceof FakeRefusal)) return TRPCClientError.from(error instanceof Error ? error : new Error())
  return TRPCClientError.from({ error: { code: -32_000, message: error.message, data: error.data } })
}
