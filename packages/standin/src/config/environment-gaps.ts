import type { ReadEnvironment } from './environment-schema.ts'

const exampleSecrets = /^(change-?me|example|secret|password)/i

/** What a laptop may leave open and a server on the internet may not. */
export function productionGaps(read: ReadEnvironment): string[] {
  const gaps: string[] = []
  const required = [
    'PUBLIC_URL',
    'STANDIN_ENCRYPTION_KEYS',
    'STANDIN_LINK_KEYS',
    'STANDIN_AUDIT_KEYS',
    'CALLBACK_PATH_SECRET',
  ] as const
  for (const name of required) if (!read[name]) gaps.push(`${name} is required in production.`)
  if (!read.TRUST_PROXY) {
    gaps.push(
      'TRUST_PROXY is required in production: none, the number of proxies in front of the server, or their networks. Limits count by the address that it finds.',
    )
  }
  if (!read.DATABASE_URL && read.STANDIN_EMBEDDED_DATABASE !== 'allow') {
    gaps.push('DATABASE_URL is required in production (or STANDIN_EMBEDDED_DATABASE=allow for a single machine).')
  }
  for (const name of [
    'PUBLIC_URL',
    'TRACKUNIT_JWKS_URL',
    'TRACKUNIT_TOKEN_URL',
    'TRACKUNIT_API_URL',
    'USER_TOKEN_JWKS_URL',
  ] as const) {
    const address = read[name]
    if (address && !isPublicHttps(address))
      gaps.push(`${name} must be an https address that is not loopback in production.`)
  }
  if (read.CALLBACK_PATH_SECRET?.some((secret) => exampleSecrets.test(secret))) {
    gaps.push('CALLBACK_PATH_SECRET is an example. Make one of your own.')
  }
  for (const name of ['STANDIN_ENCRYPTION_KEYS', 'STANDIN_LINK_KEYS', 'STANDIN_AUDIT_KEYS'] as const) {
    if (read[name]?.some(({ bytes }) => new Set(bytes).size === 1))
      gaps.push(`${name} is an example. Make one of your own.`)
  }
  return gaps
}

/** Users are accepted only if it is known who signs their tokens, for which app, and which claim names the account. */
export function userTokenGaps(read: ReadEnvironment): string[] {
  const parts = ['USER_TOKEN_ISSUER', 'USER_TOKEN_JWKS_URL', 'USER_TOKEN_ACCOUNT_CLAIM'] as const
  const missing = parts.filter((name) => !read[name])
  if (missing.length === parts.length) return []
  const gaps = missing.map((name) => `${name} is missing: user tokens need ${parts.join(', ')} together.`)
  if (!read.USER_TOKEN_AUDIENCE && !read.USER_TOKEN_APP_CLAIM) {
    gaps.push(
      'USER_TOKEN_AUDIENCE or USER_TOKEN_APP_CLAIM is missing: without one, tokens of other apps would be let in.',
    )
  }
  return gaps
}

/** Email needs both. */
export function mailGaps(read: ReadEnvironment): string[] {
  if (read.SMTP_URL !== undefined && read.MAIL_FROM === undefined)
    return ['MAIL_FROM is missing: SMTP_URL needs the address that email comes from.']
  if (read.MAIL_FROM !== undefined && read.SMTP_URL === undefined)
    return ['SMTP_URL is missing: MAIL_FROM needs the server that email goes through.']
  return []
}

function isPublicHttps(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return (
    protocol === 'https:' &&
    !/^((.*\.)?localhost\.?|127\.\d+\.\d+\.\d+|\[::1?\]|\[::ffff:7f.*\]|0\.0\.0\.0)$/.test(hostname)
  )
}
