import { expect, test } from 'vitest'
import { createStandinClient, type StandinClientOptions } from './create-standin-client.ts'

const serviceKey = 'sk_standin_0123456789ab_secret'
const good = { url: 'https://standin.example.com', serviceKey }

test.each<[string, Partial<Record<keyof StandinClientOptions, unknown>>, RegExp]>([
  ['no address', { url: '' }, /^createStandinClient cannot work with its options\. url is empty/],
  ['an address that is none', { url: 'standin' }, /url must be an http or https address/],
  ['another protocol', { url: 'ftp://standin.example.com' }, /url must be an http/],
  ['an address with a password', { url: 'https://me:s3cr3t@standin.example.com' }, /url must hold no user name/],
  ['an address with a query', { url: 'https://standin.example.com/?a=b' }, /url must end before/],
  ['no key', { serviceKey: '' }, /serviceKey is empty: .*standin keys create/],
  ['a variable that is not set', { serviceKey: undefined }, /serviceKey is empty/],
  ['a key of something else', { serviceKey: 'sk_live_s3cr3t' }, /serviceKey must be a whole service key/],
  ['a key with a line break', { serviceKey: `${serviceKey}\n` }, /without spaces or line breaks/],
  ['an origin with a path', { apiOrigins: ['https://iris.trackunit.com/api'] }, /apiOrigins must be origins/],
  ['half a retry', { maxRetries: 0.5 }, /maxRetries must be a whole number, at least 0/],
  ['a time limit that no timer keeps', { timeoutMs: Number.POSITIVE_INFINITY }, /timeoutMs must be milliseconds/],
  ['no room', { maxCachedTokens: 0 }, /maxCachedTokens must be/],
])('refuses at once: %s', (_what, wrong, message) => {
  const create = () => createStandinClient({ ...good, ...wrong } as StandinClientOptions)
  expect(create).toThrow(expect.objectContaining({ reason: 'OPTIONS_INVALID', retry: 'never' }))
  expect(create).toThrow(message)
  expect(create).not.toThrow(/s3cr3t/)
})

test('names everything that is wrong, and takes what is right', () => {
  expect(() => createStandinClient({ url: '', serviceKey: '' })).toThrow(/url is empty.*serviceKey is empty/)
  for (const url of ['http://127.0.0.1:4000', 'https://example.com/standin/', 'https://standin.example.com/'])
    createStandinClient({ url, serviceKey, apiOrigins: ['https://iris.trackunit.com', 'http://127.0.0.1:4100/'] })
})
