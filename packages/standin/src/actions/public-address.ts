import { BlockList, isIP } from 'node:net'

/**
 * IPv4 addresses that no host on the internet has: private, loopback, link-local (where clouds keep their metadata),
 * shared, for tests and documentation, multicast, reserved.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const special4 = blockListOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
])
/** The only public IPv6 addresses. @see https://www.iana.org/assignments/ipv6-unicast-address-assignments */
const unicast6 = blockListOf('ipv6', [['2000::', 3]])
/** Exceptions: protocols that carry an IPv4 address, such as Teredo and 6to4; documentation; segment routing. */
const special6 = blockListOf('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

/** Whether an address is on the internet, so that a POST to it cannot reach the server's own network. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special4.check(address)
    case 6:
      return unicast6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
    default:
      return false
  }
}

function blockListOf(family: 'ipv4' | 'ipv6', subnets: ReadonlyArray<readonly [string, number]>): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, family)
  return list
}

/** The address in a URL's host; undefined if the host is a name. */
export function addressInHost(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 ? undefined : bare
}
