import type { Destination } from '@standin/contracts'

/** An email may carry a file of some megabytes, and a mail server may scan it before it answers. */
const mostMs = { webhook: 15_000, email: 120_000 } as const

/** Aborts when one send has taken too long, from the lookup of the name to the answer. */
export const timeForSend = (kind: Destination['kind']): AbortSignal => AbortSignal.timeout(mostMs[kind])
