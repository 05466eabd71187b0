import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'

export const endpointNames = ['jwks', 'apptoken', 'graphql', 'rest', 'userTokensJwks', 'callback'] as const
export type EndpointName = (typeof endpointNames)[number]

const fault = z.strictObject({
  /** The answer's status; without it the endpoint answers as usual after `delayMs`, unless `body` is given (200). */
  status: z.number().int().min(200).max(599).optional(),
  delayMs: z.number().int().min(0).max(600_000).optional(),
  /** Never answer. */
  hang: z.boolean().optional(),
  /** Cut the connection without an answer. */
  cut: z.boolean().optional(),
  /** A text as it is, anything else as JSON. */
  body: z.unknown().optional(),
  contentType: z.string().optional(),
  /** `Retry-After`; alone it means 429. */
  retryAfterS: z.number().int().min(0).optional(),
  /** GraphQL only: some fields fail, the other data is returned. */
  partial: z.boolean().optional(),
  /** GraphQL only: some assets of a page were deleted while it was made: they are null, with an error each. */
  vanished: z.boolean().optional(),
  /** The number of requests that are answered as usual first. */
  after: z.number().int().positive().optional(),
  /** The number of requests; without it, until the faults are set again. */
  times: z.number().int().positive().optional(),
})

export const faultsByEndpoint = z.partialRecord(z.enum(endpointNames), fault.nullable())

export type Fault = z.infer<typeof fault>
export type Faults = ReturnType<typeof createFaults>

export function createFaults() {
  let faults: Partial<Record<EndpointName, Fault | null>> = {}

  return {
    /** Replaces all faults; an empty object ends them. */
    set(next: z.infer<typeof faultsByEndpoint>) {
      faults = structuredClone(next)
    },

    all: () => faults,

    /** The fault for the request that is being answered; one of `times` is used up. */
    take(endpoint: EndpointName): Fault | undefined {
      const current = faults[endpoint]
      if (!current) return undefined
      if (current.after !== undefined && current.after > 0) {
        current.after--
        return undefined
      }
      if (current.times !== undefined) {
        if (current.times <= 1) delete faults[endpoint]
        else current.times--
        return { ...current }
      }
      return current
    },
  }
}

/** The faulty answer; `undefined` when the endpoint answers itself. */
export function faultyAnswer(of: Fault) {
  const status = of.status ?? (of.retryAfterS !== undefined ? 429 : of.body !== undefined ? 200 : undefined)
  if (status === undefined) return undefined

  const isText = typeof of.body === 'string'
  return {
    status,
    contentType: of.contentType ?? (isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'),
    retryAfterS: of.retryAfterS,
    body: isText ? (of.body as string) : of.body === undefined ? undefined : JSON.stringify(of.body),
  }
}

/** @param signal ends the waiting when the caller or the simulator has gone. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await wait(delayMs, undefined, { signal, ref: false }).catch(() => {})
}
