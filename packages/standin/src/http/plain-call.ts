import type { IncomingHttpHeaders } from 'node:http'
import {
  type AnyTRPCRouter,
  callTRPCProcedure,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  type TRPCError,
} from '@trpc/server'
import { getHTTPStatusCode } from '@trpc/server/http'
import { plainProcedureOf, type RequestContext } from './trpc.ts'

/** Queries or mutations in nothing but JSON, one of them or a batch. */
export interface PlainCall {
  type: 'query' | 'mutation'
  isBatch: boolean
  members: ReadonlyArray<{ path: string; input: unknown }>
}

interface Posted {
  method: string
  url: string
  headers: IncomingHttpHeaders
  path: string
  body: unknown
}

/**
 * Understands what nearly every request is, as tRPC would.
 * @returns undefined for anything else, and for what is refused before a procedure is called: tRPC's own handler answers it
 */
export function understandPlainCall(
  { method, url, headers, path, body }: Posted,
  { router, maxBatchSize }: { router: AnyTRPCRouter; maxBatchSize: number },
): PlainCall | undefined {
  const type = method === 'GET' ? 'query' : method === 'POST' ? 'mutation' : undefined
  const contentType = headers['content-type'] ?? (type === 'query' ? 'application/json' : '')
  const wantsStream = headers['trpc-accept'] !== undefined || headers.accept?.includes('application/jsonl')
  if (!type || wantsStream || !/^application\/json *(;|$)/i.test(contentType)) return undefined

  const search = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '')
  const isBatch = search.get('batch') === '1'
  const paths = isBatch ? path.split(',') : [path]
  const { procedures } = router._def
  const isOfType = (each: string) => Object.hasOwn(procedures, each) && procedures[each]._def.type === type
  if (search.has('connectionParams') || paths.length > maxBatchSize || !paths.every(isOfType)) return undefined

  const given = understandJson(type === 'query' ? search.get('input') : body)
  if (!given) return undefined
  if (!isBatch) return { type, isBatch, members: [{ path, input: given.value }] }
  const inputs = given.value === undefined ? {} : given.value
  if (!isRecord(inputs)) return undefined
  return { type, isBatch, members: paths.map((each, index) => ({ path: each, input: inputs[index] })) }
}

interface Answering {
  router: AnyTRPCRouter
  ctx: RequestContext
  onError: (failed: { error: TRPCError; path: string }) => void
}

/** Calls the procedures, each with its own outcome. */
export async function answerPlainCall(
  { type, isBatch, members }: PlainCall,
  { router, ctx, onError }: Answering,
): Promise<{ status: number; body: string }> {
  const config = router._def._config
  const outcomes = await Promise.all(
    members.map(async ({ path, input }, batchIndex) => {
      try {
        const plain = plainProcedureOf(router._def.procedures[path])
        const getRawInput = async () => input
        const data: unknown = await (plain
          ? plain(ctx, input, path)
          : callTRPCProcedure({ ...{ router, path, type, ctx, getRawInput, batchIndex }, signal: undefined }))
        return { result: { data } }
      } catch (cause) {
        const error = getTRPCErrorFromUnknown(cause)
        onError({ error, path })
        return { error: getTRPCErrorShape({ config, error, type, path, input, ctx }) }
      }
    }),
  )
  const answer = isBatch ? outcomes : (outcomes[0] ?? [])
  return { status: getHTTPStatusCode(answer), body: JSON.stringify(answer) }
}

function understandJson(text: unknown): { value: unknown } | undefined {
  if (text === null) return { value: undefined }
  try {
    return { value: JSON.parse(String(text)) }
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<number, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
