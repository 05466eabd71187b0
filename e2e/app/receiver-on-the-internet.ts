// Loaded before a server: receiver.example resolves to a public address, and connections to that address arrive on this
// machine, as if a resolver and a router did this. Nothing else about the network changes.
import { promises as dns, type LookupAddress } from 'node:dns'
import { Socket } from 'node:net'

const name = 'receiver.example'
const address = '93.184.215.14'

type Found = (error: Error | null, found: string | LookupAddress[], family?: number) => void
interface Connecting {
  host?: string
  lookup?: (hostname: string, options: object, found: Found) => void
}

type Resolve = (this: dns.Resolver, hostname: string) => Promise<string[]>
const { resolve4, resolve6 } = dns.Resolver.prototype as unknown as { resolve4: Resolve; resolve6: Resolve }
const hooked: { resolve4: Resolve; resolve6: Resolve } = {
  async resolve4(hostname) {
    return hostname === name ? [address] : resolve4.call(this, hostname)
  },
  async resolve6(hostname) {
    return hostname === name ? [] : resolve6.call(this, hostname)
  },
}
Object.assign(dns.Resolver.prototype, hooked)

const here = (each: string) => (each === address ? '127.0.0.1' : each)
const connect = Socket.prototype.connect as (this: Socket, ...given: unknown[]) => Socket
Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
  const [options, ...rest] = given as [Connecting, ...unknown[]]
  const { host, lookup } = options
  if (host !== name || !lookup) return connect.apply(this, given)
  const routed: Connecting['lookup'] = (hostname, how, found) =>
    lookup(hostname, how, (error, addresses, family) => {
      const arrived =
        typeof addresses === 'string'
          ? here(addresses)
          : addresses.map((each) => ({ ...each, address: here(each.address) }))
      found(error, arrived, family)
    })
  return connect.call(this, { ...options, lookup: routed }, ...rest)
} as typeof Socket.prototype.connect
