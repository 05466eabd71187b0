export type Delivered = {
  /** The server's status; `null` when it did not answer. */
  status: number | null
  /** Its body, as JSON where it is JSON; at most 4,000 characters of it. */
  body: unknown
  /** Why there was no answer. */
  error?: string
  tookMs: number
}

type Callback = { url: string; body: string; identity: string | undefined; contentType?: string | undefined }

const answerWithinMs = 15_000
const keptBodyCharacters = 4000

/** POSTs a callback to the app's server. [doc] JSON, with the header `Trackunit-Identity`. Redirects are not followed. */
export async function deliverCallback({ url, body, identity, contentType }: Callback): Promise<Delivered> {
  const startedAt = performance.now()
  const tookMs = () => Math.round(performance.now() - startedAt)
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': contentType ?? 'application/json',
        'user-agent': 'trackunit-simulator/0.1.0',
        ...(identity === undefined ? {} : { 'trackunit-identity': identity }),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(answerWithinMs),
    })
    return { status: answer.status, body: jsonOrText(await answer.text()), tookMs: tookMs() }
  } catch (error) {
    return { status: null, body: null, error: reason(error), tookMs: tookMs() }
  }
}

function jsonOrText(body: string): unknown {
  const kept = body.slice(0, keptBodyCharacters)
  try {
    return JSON.parse(kept)
  } catch {
    return kept
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer'
  if (error.name === 'TimeoutError') return `no answer within ${answerWithinMs / 1000} s`
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer'
}
