/**
 * A domain in the one form in which domains are compared: lower case, without a final dot, other scripts as punycode, so
 * that a domain that only looks like another one is seen to differ.
 * @returns undefined for text that is no domain on the internet: an address, a single word, a port, a path or a wildcard
 */
export function domainName(text: string): string | undefined {
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(text)) return undefined
  const host = URL.parse(`https://${text}`)?.hostname.replace(/\.$/, '')
  const isDomain = host !== undefined && host.length <= 253 && domainPattern.test(host)
  return isDomain ? host : undefined
}

/** Several labels; the last has a letter, or it would be an IP address. */
const domainPattern = /^([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+(?=[a-z\d-]*[a-z])[a-z\d]([a-z\d-]{0,61}[a-z\d])?$/

/**
 * Whether a host is one of some domains, or below one of them.
 * @param domains as `domainName` returns them; `any` covers every host
 */
export function isInDomains(host: string, domains: readonly string[]): boolean {
  if (domains.includes('any')) return true
  const name = domainName(host)
  return name !== undefined && domains.some((domain) => name === domain || name.endsWith(`.${domain}`))
}

/** The domain of an email address. */
export const domainOfAddress = (address: string): string => address.slice(address.lastIndexOf('@') + 1)
