import { type IssueTokenInput, issueTokenInputSchema, procedures } from '@standin/contracts'
import type { FastifyInstance } from 'fastify'
import type { Authenticate } from '../access/authenticate.ts'
import type { Caller } from '../access/caller.ts'
import type { Clock } from '../clock.ts'
import type { DirectRoute } from '../http/direct-requests.ts'
import type { HttpAnswer } from '../http/problem.ts'
import { StandinError } from '../standin-error.ts'
import type { IssueToCaller } from './issue-to-caller.ts'

const route = '/v1/token'
const headers = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }

interface Dependencies {
  authenticate: Authenticate
  issueToCaller: IssueToCaller
  clock: Clock
}

/** `POST /v1/token`: a token for services that do not speak tRPC; the same JSON, and the same function behind it. */
export async function registerTokenRoute(
  server: FastifyInstance,
  { authenticate, issueToCaller, clock }: Dependencies,
): Promise<void> {
  await server.register(async (scope) => {
    scope.removeContentTypeParser('text/plain') // JSON alone.
    const callers = new WeakMap<object, Caller>()
    // Before the body is read: whoever is nobody is told so first, as over tRPC.
    scope.addHook('onRequest', async (request) => {
      const arrival = { arrivedAtMs: clock.monotonicMs(), address: request.ip }
      const caller = await authenticate(request.headers.authorization, arrival)
      callers.set(request, admitted(caller))
    })
    scope.post(route, async (request, reply) => {
      const caller = callers.get(request)
      if (!caller) throw new StandinError('UNAUTHENTICATED')
      const token = await issueToCaller(caller, issueTokenInputSchema.parse(request.body))
      return reply.headers(headers).send(token)
    })
  })
}

/** The same, for what `serveDirectly` takes. */
export function directTokenRoute({ issueToCaller }: Pick<Dependencies, 'issueToCaller'>): DirectRoute {
  async function issue(wanted: IssueTokenInput, authenticate: () => Promise<Caller>): Promise<HttpAnswer> {
    const token = await issueToCaller(admitted(await authenticate()), wanted)
    return { status: 200, headers, body: JSON.stringify(token) }
  }
  return {
    route,
    takes: (url) => url === route,
    answer({ body, authenticate }) {
      const wanted = understand(body)
      return wanted && issue(wanted, authenticate)
    },
  }
}

function admitted(caller: Caller): Caller {
  if (!procedures.token.issue.callers.some((kind) => kind === caller.kind)) throw new StandinError('ACCOUNT_FORBIDDEN')
  return caller
}

/** Undefined for what is refused, and for names that Fastify's parser looks at twice. */
function understand(body: string): IssueTokenInput | undefined {
  if (/__proto__|constructor/.test(body)) return undefined
  try {
    return issueTokenInputSchema.safeParse(JSON.parse(body)).data
  } catch {
    return undefined
  }
}
