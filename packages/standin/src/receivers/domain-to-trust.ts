import type { TrustedKind } from '@standin/contracts'
import freeMail from 'email-providers/all.json' with { type: 'json' }
import { parse } from 'tldts'

const freeMailDomains: ReadonlySet<string> = new Set(freeMail)

/**
 * Pure. Why an account may not trust a domain: anyone can have a host below it, or an address in it.
 * @param domain as `domainName` returns it
 * @returns a sentence for the administrator; undefined for a domain that may be trusted
 * @see https://publicsuffix.org
 */
export function whyNotToTrust(kind: TrustedKind, domain: string): string | undefined {
  const { domain: registered } = parse(domain, { allowPrivateDomains: true })
  if (registered === null)
    return `Anybody can register a name below ${domain}. Enter the whole name, such as acme.${domain}.`
  if (kind === 'email' && (freeMailDomains.has(domain) || freeMailDomains.has(registered)))
    return `Anybody can have an address at ${domain}. Ask each person there to confirm instead.`
  return undefined
}
