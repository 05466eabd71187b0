/** After a failed request, the next try; the notice counts down to it. */
export const RETRY_MS = 10_000

/** What streams tell at once is asked for as well, this often: it finds what a broken stream would miss. */
export const NET_MS = 20_000
