import { domainName, domainOfAddress } from '@standin/contracts'

/** An address in the one form in which addresses are stored and compared. Mailboxes that differ only in case are one. */
export function receiverAddress(address: string): string {
  const domain = domainOfAddress(address)
  return `${address.slice(0, -domain.length).toLowerCase()}${domainName(domain) ?? domain.toLowerCase()}`
}

/** The mailbox behind an address: many servers deliver `anna+fleet@` to `anna@`. @param address as `receiverAddress` returns it */
export const mailboxOf = (address: string): string => address.replace(/\+[^@]*@/, '@')
