import { promises as dns, type LookupAddress } from 'node:dns'

/**
 * All addresses of a name on the internet. `dns.lookup` would hold a thread for as long as the receiver's name server stays
 * silent, and the process has two for all names: a few such receivers would cut it off from Trackunit.
 * @param signal cancels the lookup
 * @param servers to ask instead of the machine's
 */
export async function lookUpName(
  hostname: string,
  signal: AbortSignal,
  { servers }: { servers?: string[] } = {},
): Promise<LookupAddress[]> {
  const resolver = new dns.Resolver({ timeout: 3_000, tries: 2 })
  if (servers) resolver.setServers(servers)
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const [four, six] = await Promise.all([
      resolver.resolve4(hostname).catch(() => []),
      resolver.resolve6(hostname).catch(() => []),
    ])
    return [
      ...four.map((address) => ({ address, family: 4 as const })),
      ...six.map((address) => ({ address, family: 6 as const })),
    ]
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
