/** The caller's address, or its /64 network of IPv6: a caller with one such address has the 2⁶⁴ of its network. */
export function networkOf(address: string): string {
  const [, withoutPort] = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address) ?? []
  if (withoutPort) return withoutPort // Some proxies add the port, which would make each connection an address of its own.
  if (!address.includes(':') || address.includes('.')) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string) => text.split(':').filter(Boolean)
  const missing = address.includes('::') ? 8 - groups(head).length - groups(tail).length : 0
  const all = [...groups(head), ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...groups(tail)]
  return all.slice(0, 4).join(':')
}
