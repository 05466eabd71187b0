import { type AnyTRPCRouter, callTRPCProcedure, TRPCError } from '@trpc/server'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { StandinError } from '../../standin-error.ts'
import type { HttpContext } from '../http-context.ts'
import { requestContextOf } from '../request-context.ts'
import { checkQuery, parseJson } from '../strict-json.ts'
import type { RequestContext } from '../trpc.ts'
import { inputOfQuery } from './query-input.ts'
import { eachRestRoute, type RestRoute } from './rest-routes.ts'

/**
 * `/v1/*`: the router's procedures as routes, for programs that do not use tRPC. A route only passes the input to its procedure,
 * which does the rest: access, limits, schemas and the rule itself.
 */
export async function registerRestRoutes(
  server: FastifyInstance,
  ctx: HttpContext,
  router: AnyTRPCRouter,
): Promise<void> {
  await server.register(async (scope) => {
    scope.removeContentTypeParser('text/plain') // JSON only.
    // The procedure parses the body, after the caller was counted, as over tRPC.
    scope.removeContentTypeParser('application/json')
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'buffer' },
      async (_request: unknown, body: Buffer) => body,
    )
    const contexts = new WeakMap<object, RequestContext>()
    // Before the body is read: an unknown caller gets no answer about its body.
    scope.addHook('onRequest', async (request) => {
      checkQuery(request.url)
      const context = requestContextOf(ctx, request)
      await context.authenticate()
      contexts.set(request, context)
    })
    for (const { name, route, contract } of eachRestRoute) {
      const { shape } = contract.input as z.ZodObject
      scope.route({
        method: route.method,
        url: route.path.replaceAll(/\{(\w+)\}/g, ':$1'),
        handler: async (request, reply) => {
          const data = await callTRPCProcedure({
            router,
            path: name,
            type: contract.kind,
            ctx: contexts.get(request),
            signal: undefined,
            batchIndex: 0,
            getRawInput: async () => inputOf(request, route, shape),
          }).catch(throwCause)
          return reply.header('cache-control', 'no-store').send(data)
        },
      })
    }
  })
}

function inputOf(request: FastifyRequest, { method }: RestRoute, shape: z.ZodObject['shape']): unknown {
  const body = request.body instanceof Buffer && request.body.length > 0 ? parseJson(request.body) : {}
  // The schema refuses a body that is not an object.
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  const [, query = ''] = request.url.split('?', 2)
  const params = request.params as object
  if (method === 'GET') return { ...inputOfQuery(new URLSearchParams(query), shape), ...params }
  // Proxies log addresses.
  if (query !== '') throw new StandinError('INPUT_INVALID', { detail: 'Send fields in the body, not in the address.' })
  return { ...body, ...params }
}

/** Throws the error of the rule itself, without tRPC's wrapping, as every other route does. */
function throwCause(error: unknown): never {
  throw error instanceof TRPCError && error.cause ? error.cause : error
}
