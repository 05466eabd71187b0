import type { CallOptions } from './call-options.ts'
import { StandinClientError } from './standin-client-error.ts'

interface Given extends CallOptions {
  url: string
  serviceKey: string
  apiOrigins?: readonly string[]
  maxCachedTokens?: number
}

/** @throws StandinClientError `OPTIONS_INVALID` that names each bad option and what it should be, never its value */
export function checkOptions({
  url,
  serviceKey,
  apiOrigins = [],
  maxCachedTokens = 1,
  maxRetries = 0,
  timeoutMs = 1,
}: Given): void {
  const wrong: Record<string, string | undefined> = {
    url: describeUrl(url),
    serviceKey: describeKey(serviceKey),
    apiOrigins: apiOrigins.every(isOrigin)
      ? undefined
      : 'must be origins without a path, such as https://iris.trackunit.com',
    maxCachedTokens: isWhole(maxCachedTokens, 1) ? undefined : 'must be a whole number, at least 1',
    maxRetries: isWhole(maxRetries, 0) ? undefined : 'must be a whole number, at least 0',
    timeoutMs:
      timeoutMs > 0 && timeoutMs < 2 ** 31 ? undefined : 'must be milliseconds, more than 0 and less than 2^31',
  }
  const issues = Object.entries(wrong).flatMap(([path, message]) => (message === undefined ? [] : [{ path, message }]))
  if (issues.length > 0)
    throw new StandinClientError('OPTIONS_INVALID', 'createStandinClient cannot work with its options.', { issues })
}

function describeUrl(url: unknown): string | undefined {
  if (url === undefined || url === '') return 'is empty: give the address of your Standin server'
  const parsed = typeof url === 'string' ? parse(url) : undefined
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol))
    return 'must be an http or https address, such as https://standin.example.com'
  if (parsed.username || parsed.password) return 'must hold no user name or password: the service key is an option'
  return parsed.search || parsed.hash ? 'must end before any ? or #' : undefined
}

function describeKey(key: unknown): string | undefined {
  if (key === undefined || key === '') return 'is empty: give the service key that `standin keys create` printed'
  return typeof key === 'string' && /^sk_standin_[\w-]+$/.test(key)
    ? undefined
    : 'must be a whole service key, from sk_standin_ to its end, without spaces or line breaks'
}

function isOrigin(address: string): boolean {
  const parsed = parse(address)
  return parsed !== undefined && parsed.origin !== 'null' && parsed.href === `${parsed.origin}/`
}
const isWhole = (value: number, least: number) => Number.isInteger(value) && value >= least

function parse(address: string): URL | undefined {
  try {
    return new URL(address)
  } catch {
    return undefined
  }
}
