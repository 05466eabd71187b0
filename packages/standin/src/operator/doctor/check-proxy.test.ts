import { expect, test } from 'vitest'
import { checkProxy } from './check-proxy.ts'

/** By the number of addresses: how many requests, and how many of them were ignored. */
const seen = (counts: Record<number, number | [count: number, ignored: number]>) =>
  Object.entries(counts).map(([addresses, counted]) => {
    const [count, ignored] = [counted, 0].flat()
    return { addresses: Number(addresses), count: count ?? 0, ignored: ignored ?? 0 }
  })

test.each<[string, string | undefined, Parameters<typeof seen>[0], RegExp]>([
  ['nothing to compare it with', '1', {}, /^note .*TRUST_PROXY is 1; .* no server saw a request/],
  ['not set, without a proxy', undefined, { 0: 9 }, /^note .*TRUST_PROXY is not set\. Production requires it/],
  ['not set behind a proxy', undefined, { 1: [90, 90], 0: 2 }, /^wrong .*90 of 92 .*share one address.* Set it to 1/],
  ['none, without a proxy', 'none', { 0: 9 }, /^good/],
  ['none behind two proxies', 'none', { 2: [90, 90], 3: [9, 9] }, /^wrong .*99 of 99 .* Set it to 2/],
  ['none, with headers that some made up', 'none', { 0: 90, 1: [10, 10] }, /^note .*10 of 100 .*ignored/],
  ['none, with a header that one made up', 'none', { 0: 990, 1: [10, 10] }, /^good/],
  ['as many as there are', '2', { 2: 90, 3: 9, 0: 5 }, /^good/],
  ['more than there are', '2', { 1: 90, 2: 9 }, /^wrong .*choose their address\. Set it to 1/],
  ['fewer than there are', '1', { 2: 90, 3: 9 }, /^wrong .*share the address of a proxy\. Set it to 2/],
  ['one, without a proxy', '1', { 0: 90 }, /^wrong .*Set it to none/],
  ['networks of the proxies', '10.0.0.0/8', { 1: [90, 3], 0: 4 }, /^good .*87 of 90/],
  ['networks of other proxies', '10.0.0.0/8', { 1: [90, 90] }, /^wrong .*90 of 90 .*ignored\. Add the networks/],
  ['networks, without a proxy', '10.0.0.0/8', { 0: 90 }, /^wrong .*Set it to none/],
])('TRUST_PROXY %s', (_title, setting, counts, said) => {
  const finding = checkProxy(setting, seen(counts))
  expect(`${finding.level} ${finding.text}`).toMatch(said)
})
