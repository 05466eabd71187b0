import { type IssueTokenInput, issueTokenInputSchema, procedures } from '@standin/contracts'
import type { FastifyInstance } from 'fastify'
import type { AccessContext } from '../access/access-context.ts'
import { type AdmittedCalls, authenticate } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { FastRoute } from '../http/fast-path/fast-server.ts'
import { parseJson } from '../http/strict-json.ts'
import { StandinError } from '../standin-error.ts'
import { issueToCaller } from './issue-to-caller.ts'
import type { TokensContext } from './tokens-context.ts'

const route = '/v1/token'
const headers = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }

/** `POST /v1/token`: a token for services that do not speak tRPC, with the same JSON as `token.issue`. */
export async function registerTokenRoute(server: FastifyInstance, ctx: TokensContext & AccessContext): Promise<void> {
  await server.register(async (scope) => {
    scope.removeContentTypeParser('text/plain') // JSON alone.
    const callers = new WeakMap<object, Caller>()
    // Before the body is read: an unknown caller learns nothing about its body, as over tRPC.
    scope.addHook('onRequest', async (request) => {
      const arrival = { arrivedAtMs: ctx.clock.monotonicMs(), address: request.ip }
      const caller = await authenticate(ctx, request.headers.authorization, arrival)
      await ctx.access.budgets.countCalls(caller)
      callers.set(request, admitted(caller))
    })
    scope.post(route, async (request, reply) => {
      const caller = callers.get(request)
      if (!caller) throw new StandinError('UNAUTHENTICATED')
      const token = await issueToCaller(ctx, caller, issueTokenInputSchema.parse(request.body))
      return reply.headers(headers).send(token)
    })
  })
}

/** The same route on the fast path. */
export function fastTokenRoute(ctx: TokensContext & AccessContext): FastRoute {
  async function issue(wanted: IssueTokenInput, admission: Promise<AdmittedCalls>) {
    const { caller } = await admission
    const token = await issueToCaller(ctx, admitted(caller), wanted)
    return { status: 200, headers, body: JSON.stringify(token) }
  }
  return {
    route,
    takes: (url) => url === route,
    answer({ body, authenticate }) {
      const wanted = parseInput(body)
      return wanted && issue(wanted, authenticate(1))
    },
  }
}

function admitted(caller: Caller): Caller {
  if (!procedures.token.issue.callers.some((kind) => kind === caller.kind)) throw new StandinError('ACCOUNT_FORBIDDEN')
  return caller
}

/** Undefined for input that is refused: Fastify answers that. */
function parseInput(body: string): IssueTokenInput | undefined {
  try {
    return issueTokenInputSchema.safeParse(parseJson(body)).data
  } catch {
    return undefined
  }
}
