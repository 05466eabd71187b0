import type { ErrorReason, StandinErrorShape } from '@standin/client'
import { SignedOutError } from './host-token.ts'

/** Why a request failed: the server's reason, no answer at all, or no token from the host. */
export type Failure = ErrorReason | 'UNREACHABLE' | 'SIGNED_OUT'

/** The data of the server's refusal. Recognised by its shape: the class of tRPC's errors is not in the first JavaScript. */
export const refusalOf = (error: unknown) => (error as { data?: StandinErrorShape['data'] } | null)?.data

export function failureOf(error: unknown): Failure {
  if (error instanceof Error && error.cause instanceof SignedOutError) return 'SIGNED_OUT'
  return refusalOf(error)?.reason ?? 'UNREACHABLE'
}

/** Temporary failures: the same request may succeed in a moment. */
export function mayPass(failure: Failure): boolean {
  return failure === 'UNREACHABLE' || failure === 'STORAGE_UNAVAILABLE' || failure === 'OVERLOADED'
}

/** The server has a lasting reason: the same click would fail again. */
export const isRefusal = (failure: Failure): boolean => !mayPass(failure) && failure !== 'SIGNED_OUT'
