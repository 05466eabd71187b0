import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AppManifest } from '../manifest.ts'

/** A handler that gets the body as its schema reads it. A body that does not fit is answered 400 with the problem. */
export function withBody<T>(schema: z.ZodType<T>, handle: (body: T, reply: FastifyReply) => unknown) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { data, error } = schema.safeParse(jsonOf(request))
    if (error) return reply.code(400).send({ error: z.prettifyError(error) })
    return handle(data, reply)
  }
}

function jsonOf(request: FastifyRequest): unknown {
  if (request.body === undefined || request.body === '') return {}
  try {
    return JSON.parse(String(request.body))
  } catch {
    return undefined
  }
}

/** [doc] Only scopes marked `optional` can be denied, and only scopes of the manifest exist. Answers 400 itself. */
export function refusesScopes(granted: string[] | undefined, { scopes }: AppManifest, reply: FastifyReply): boolean {
  if (!granted) return false
  const unknown = granted.filter((scope) => !scopes.some((known) => known.scope === scope))
  const denied = scopes.filter(({ scope, optional }) => !optional && !granted.includes(scope))
  if (unknown.length === 0 && denied.length === 0) return false

  const error =
    unknown.length > 0
      ? `Not in the manifest: ${unknown.join(' ')}`
      : `Not optional: ${denied.map(({ scope }) => scope).join(' ')}`
  reply.code(400).send({ error })
  return true
}
