import { type IssueTokenInput, issueTokenInputSchema } from '@standin/contracts'
import type { AccessContext } from '../access/access-context.ts'
import type { AdmittedCalls } from '../access/authenticate.ts'
import type { FastRoute } from '../http/fast-path/fast-server.ts'
import { parseJson } from '../http/strict-json.ts'
import { issueToCaller } from './issue-to-caller.ts'
import type { TokensContext } from './tokens-context.ts'

const route = '/v1/token'
const headers = { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' }

/** `POST /v1/token` on the fast path: what it leaves to Fastify is the route of the procedure. */
export function fastTokenRoute(ctx: TokensContext & AccessContext): FastRoute {
  async function issue(wanted: IssueTokenInput, admission: Promise<AdmittedCalls>) {
    const { caller } = await admission
    const token = await issueToCaller(ctx, caller, wanted)
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

/** Undefined for input that is refused: Fastify answers that. */
function parseInput(body: string): IssueTokenInput | undefined {
  try {
    return issueTokenInputSchema.safeParse(parseJson(body)).data
  } catch {
    return undefined
  }
}
