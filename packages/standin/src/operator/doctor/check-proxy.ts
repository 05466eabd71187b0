import type { Forwarded } from '../../access/forwarding-store.ts'
import { type Finding, good, note, wrong } from './finding.ts'

const check = 'proxy'
/** Senders can invent the header, so a few requests with it say nothing about proxies. */
const leastShare = 0.05

/**
 * Pure: whether `TRUST_PROXY` fits how requests were forwarded in the last day.
 * @param setting undefined if it is not set
 */
export function checkProxy(setting: string | undefined, seen: readonly Forwarded[]): Finding {
  const total = sumOf(seen, 'count')
  const forwarded = seen.filter(({ addresses, count }) => addresses > 0 && count >= total * leastShare)
  const fewest = Math.min(...forwarded.map(({ addresses }) => addresses))
  const passed = sumOf(forwarded, 'count')
  const name = setting === undefined ? 'TRUST_PROXY is not set' : `TRUST_PROXY is ${setting}`
  const share = `${passed} of ${total} requests`

  if (total === 0) return note(check, `${name}; in the last day no server saw a request to compare it with.`)
  if (setting === undefined || setting === 'none') {
    if (passed * 2 > total)
      return wrong(
        check,
        `${share} came through a proxy, and ${name}: all callers share one address and its limits. Set it to ${fewest}, or to the networks of the proxies.`,
      )
    if (passed > 0)
      return note(
        check,
        `${share} carry X-Forwarded-For, which is ignored. If a proxy of yours adds it, set TRUST_PROXY; otherwise their senders made it up.`,
      )
    return setting === undefined
      ? note(check, `${name}. Production requires it.`)
      : good(check, 'none, as requests show.')
  }
  if (passed === 0)
    return wrong(
      check,
      `${name}, but requests come without X-Forwarded-For: without a proxy, callers can choose their address. Set it to none.`,
    )
  return /^\d+$/.test(setting) ? checkNumber(Number(setting), { fewest, share }) : checkNetworks(forwarded, name)
}

function checkNumber(proxies: number, { fewest, share }: { fewest: number; share: string }): Finding {
  if (fewest < proxies)
    return wrong(
      check,
      `TRUST_PROXY is ${proxies}, but of ${share} that were forwarded some passed ${fewest}: their senders can choose their address. Set it to ${fewest}.`,
    )
  if (fewest > proxies)
    return wrong(
      check,
      `TRUST_PROXY is ${proxies}, but all of ${share} that were forwarded passed ${fewest} or more: all callers share the address of a proxy. Set it to ${fewest}.`,
    )
  return good(check, `${proxies}, as X-Forwarded-For shows.`)
}

function checkNetworks(forwarded: readonly Forwarded[], name: string): Finding {
  const [passed, ignored] = [sumOf(forwarded, 'count'), sumOf(forwarded, 'ignored')]
  return ignored * 2 > passed
    ? wrong(
        check,
        `${name}, but ${ignored} of ${passed} forwarded requests came from other addresses: their X-Forwarded-For is ignored. Add the networks of your proxies.`,
      )
    : good(check, `${passed - ignored} of ${passed} forwarded requests came from these networks.`)
}

const sumOf = (rows: readonly Forwarded[], name: 'count' | 'ignored') => rows.reduce((sum, each) => sum + each[name], 0)
