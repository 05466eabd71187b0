import type { LifecycleSignal } from '@standin/contracts'

const timeoutMs = 5_000
const tries = 3

interface Signal {
  /** The app's own token for the account, which identifies the account. */
  appToken: string
  accountId: string
  serverUrl: string
  fetch: typeof globalThis.fetch
}

/**
 * Notifies the server, with at most three attempts; a server that is down does not hold up the installation. A refusal is
 * not retried.
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
