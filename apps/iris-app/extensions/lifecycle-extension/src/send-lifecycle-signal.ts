import type { LifecycleSignal } from '@standin/contracts'

const timeoutMs = 5_000
const tries = 3

interface Signal {
  /** The app's own token for the account: it says on whose behalf this comes. */
  appToken: string
  accountId: string
  serverUrl: string
  fetch: typeof globalThis.fetch
}

/**
 * Tells the server, at most three times; whoever installs or uninstalls is not held up by a server that is down.
 * A refusal is not repeated.
 */
export async function sendLifecycleSignal(
  type: LifecycleSignal['type'],
  { appToken, accountId, serverUrl, fetch }: Signal,
): Promise<void> {
  const body: LifecycleSignal = { type, accountId: accountId.toLowerCase() as LifecycleSignal['accountId'] & string }
  for (let tried = 0; tried < tries; tried++) {
    const response = await fetch(new URL('/trackunit/lifecycle', serverUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${appToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    }).catch(() => undefined)
    if (response && response.status < 500) return
  }
}
