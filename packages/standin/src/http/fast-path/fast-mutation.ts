import type { ProcedureContract } from '@standin/contracts'
import { getTRPCErrorFromUnknown, getTRPCErrorShape } from '@trpc/server'
import { getHTTPStatusCode } from '@trpc/server/http'
import type { AccessContext } from '../../access/access-context.ts'
import type { AdmittedCalls } from '../../access/authenticate.ts'
import type { Caller } from '../../access/caller.ts'
import { StandinError } from '../../standin-error.ts'
import { retryAfterOf } from '../problem.ts'
import { checkJson } from '../strict-json.ts'
import { noteFailure, trpcConfig } from '../trpc.ts'
import type { FastRequest, FastRoute } from './fast-server.ts'

const maxBatchSize = 100
const headers = { vary: 'trpc-accept, accept', 'content-type': 'application/json' }

/**
 * One mutation of the router, alone or in a batch of the same mutation, as `@standin/client` sends it. Stock tRPC creates a web
 * Request and a streamed Response for each call, which costs three times as much as the procedure itself.
 * @param call the rule behind the procedure; the contract's checks come before it
 */
export function fastMutation<Contract extends ProcedureContract>(
  ctx: AccessContext,
  path: string,
  contract: Contract,
  call: (caller: Caller, input: Contract['input']['_output']) => Promise<unknown>,
): FastRoute {
  const single = `/trpc/${path}`
  const batched = new RegExp(`^/trpc/${path.replaceAll('.', '\\.')}(,${path.replaceAll('.', '\\.')})*\\?batch=1$`)

  /** @param nth of the batch */
  async function answer(
    { id, log }: FastRequest,
    admit: () => AdmittedCalls | Promise<AdmittedCalls>,
    input: unknown,
    nth: number,
  ) {
    try {
      const { caller, allowed } = await admit()
      if (nth >= allowed.calls) throw new StandinError('RATE_LIMITED', allowed)
      if (!contract.callers.includes(caller.kind)) throw new StandinError('ACCOUNT_FORBIDDEN')
      return { result: { data: await call(caller, contract.input.parse(checkJson(input))) } }
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause)
      noteFailure(ctx, { error, path, log })
      const context = { requestId: id(), authenticate: async () => (await admit()).caller }
      return { error: getTRPCErrorShape({ config: trpcConfig, error, type: 'mutation', path, input, ctx: context }) }
    }
  }

  return {
    route: '/trpc/:path',
    takes: (url) => url === single || batched.test(url),
    answer(request) {
      const inputs = inputsOf(request)
      if (!inputs) return undefined
      let admitted: ReturnType<typeof request.authenticate> | undefined // One look-up for all members of a batch; each counts as a call.
      const admit = () => (admitted ??= request.authenticate(inputs.length))
      return Promise.all(inputs.map((input, nth) => answer(request, admit, input, nth))).then((outcomes) => {
        const answered = request.url === single ? (outcomes[0] ?? []) : outcomes
        const retryAfter = retryAfterOf(outcomes.map((outcome) => outcome.error?.data.retryAfterMs))
        return {
          status: getHTTPStatusCode(answered),
          headers: { ...headers, ...retryAfter },
          body: JSON.stringify(answered),
        }
      })
    },
  }
}

/** The input of each member of the batch; undefined for a request that only tRPC can answer. */
function inputsOf({ url, body }: FastRequest): unknown[] | undefined {
  try {
    const given: unknown = JSON.parse(body)
    if (!url.endsWith('?batch=1')) return [given]
    const members = url.split(',').length
    if (members > maxBatchSize || typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
    return Array.from({ length: members }, (_, index) => (given as Record<number, unknown>)[index])
  } catch {
    return undefined
  }
}
