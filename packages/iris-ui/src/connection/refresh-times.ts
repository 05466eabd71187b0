/** After a failed request, the next try; the notice counts down to it. */
export const RETRY_MS = 10_000

/** How often data that streams deliver is also polled, to find what a broken stream would miss. */
export const NET_MS = 20_000
