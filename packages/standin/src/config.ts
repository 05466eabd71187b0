import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type StandinApp, scopeSchema, standinAppSchema } from '@standin/contracts'
import { z } from 'zod'
import { Secret } from './observability/secret.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What stops the start: one line for each gap, bad value and unknown name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.lines = lines
  }
}

/** One key of a ring: the first of the ring writes, all read. */
export interface NamedKey {
  kid: string
  bytes: Uint8Array
}
export type KeyRing = readonly [NamedKey, ...NamedKey[]]

const seconds = (fallback: number) => z.coerce.number().int().min(0).max(604_800).default(fallback)
const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)
const spaceSeparated = z.string().transform((text) => text.split(/\s+/).filter(Boolean))
const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
)
/** As a browser sends it. `https://app.example/` would silently match no request. */
const origin = z
  .string()
  .refine(
    (text) => text === 'null' || URL.parse(text)?.origin === text,
    'each is an origin such as https://app.example, or the word null',
  )
const webAddress = z.url({ protocol: /^https?$/ })
/** `kid:base64url of 32 bytes`, comma-separated. */
const keyRing = commaSeparated.pipe(
  z
    .array(z.string().regex(/^[\w.-]{1,64}:[\w-]{43}$/, 'each key has the form kid:base64url of 32 bytes'))
    .nonempty()
    .transform((keys): KeyRing => {
      const named = keys.map((key): NamedKey => {
        const colon = key.indexOf(':')
        return { kid: key.slice(0, colon), bytes: Buffer.from(key.slice(colon + 1), 'base64url') }
      })
      return named as unknown as KeyRing // Not empty: the array before it is not.
    })
    .refine((ring) => new Set(ring.map(({ kid }) => kid)).size === ring.length, 'two keys have the same kid'),
)

/** Every name that the server reads. `NAME_FILE` names a file that holds the value of a secret. */
const environmentSchema = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: port(4000),
  HOST: z.string().optional(),
  PUBLIC_URL: webAddress.optional(),
  TRUST_PROXY: z.string().optional(),
  APP_ORIGINS: commaSeparated.pipe(z.array(origin)).default([]),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'starts with postgres://')
    .optional(),
  DATABASE_DIRECT_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'starts with postgres://')
    .optional(),
  STANDIN_DATA_DIR: z.string().default('.standin'),
  STANDIN_EMBEDDED_DATABASE: z.literal('allow').optional(),
  STANDIN_ENCRYPTION_KEYS: keyRing.optional(),
  STANDIN_LINK_KEYS: keyRing.optional(),
  IRIS_APP_ID: standinAppSchema.shape.id.optional(),
  IRIS_APP_SCOPES: spaceSeparated.pipe(z.array(scopeSchema).nonempty()).optional(),
  CALLBACK_PATH_SECRET: commaSeparated
    .pipe(
      z
        .array(z.string().regex(/^[\w-]{16,200}$|^none$/, 'at least 16 letters, digits, _ or -, or the word none'))
        .min(1)
        .max(2),
    )
    .optional(),
  CALLBACK_ISSUER: z.string().min(1).optional(),
  CALLBACK_AUDIENCE: z.string().min(1).optional(),
  CALLBACK_MAX_AGE_S: seconds(300),
  JWKS_COOLDOWN_S: seconds(30),
  REINSTALL_POLICY: z.enum(['approve', 'automatic']).default('approve'),
  TRACKUNIT_JWKS_URL: webAddress.default('https://iris.trackunit.com/api/marketplace/jwks'),
  TRACKUNIT_TOKEN_URL: webAddress.default('https://auth.trackunit.com/apptoken'),
  TRACKUNIT_API_URL: webAddress.default('https://iris.trackunit.com'),
  TRACKUNIT_ACCOUNT_CLAIM: z.string().min(1).optional(),
  USER_TOKEN_ISSUER: z.string().min(1).optional(),
  USER_TOKEN_JWKS_URL: webAddress.optional(),
  USER_TOKEN_AUDIENCE: z.string().min(1).optional(),
  USER_TOKEN_APP_CLAIM: z.string().min(1).optional(),
  USER_TOKEN_ACCOUNT_CLAIM: z.string().min(1).optional(),
  USER_TOKEN_USER_CLAIM: z.string().min(1).default('sub'),
  USER_TOKEN_SCOPE_CLAIM: z.string().min(1).optional(),
  TOKEN_CACHE_FOR_MS: z.coerce.number().int().min(0).max(3_600_000).default(300_000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

const secretNames = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'STANDIN_ENCRYPTION_KEYS',
  'STANDIN_LINK_KEYS',
  'CALLBACK_PATH_SECRET',
]
const exampleSecrets = /^(change-?me|example|secret|password)/i

/** Reads the environment once. @throws ConfigError with one line for each thing that is wrong */
export function readConfig(app: StandinApp, environment: Environment, say: (line: string) => void = () => {}) {
  const problems: string[] = []
  const given = withSecretFiles(environment, problems)
  const known = new Set(Object.keys(environmentSchema.shape))
  for (const name of Object.keys(given)) {
    if (name.startsWith('STANDIN_') && !known.has(name))
      problems.push(`${name} is not a setting of Standin. Check its spelling.`)
  }

  const { read, badValues } = parseEnvironment(given)
  const production = read.NODE_ENV === 'production'
  const gaps = [...(production ? productionGaps(read) : []), ...userTokenGaps(read)]
  problems.push(...badValues.values(), ...gaps.filter((line) => !badValues.has(line.split(' ', 1)[0] ?? '')))
  if (problems.length > 0) throw new ConfigError(problems)

  const dataDir = resolve(read.STANDIN_DATA_DIR)
  const generated = production ? undefined : () => developmentKeys(dataDir, say)
  const encryption = read.STANDIN_ENCRYPTION_KEYS ?? generated?.().encryption
  const links = read.STANDIN_LINK_KEYS ?? generated?.().links
  if (!encryption || !links) throw new ConfigError(['No keys.']) // productionGaps names them before this is reached.

  const scopes =
    read.IRIS_APP_SCOPES?.map((text) =>
      text.endsWith('?') ? { scope: text.slice(0, -1), optional: true } : { scope: text, optional: false },
    ) ?? app.scopes
  const { USER_TOKEN_ISSUER: issuer, USER_TOKEN_JWKS_URL: jwksUrl, USER_TOKEN_ACCOUNT_CLAIM: accountClaim } = read

  return Object.freeze({
    production,
    logLevel: read.LOG_LEVEL,
    http: {
      port: read.PORT,
      host: read.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
      publicUrl: read.PUBLIC_URL?.replace(/\/+$/, ''),
      trustProxy: trustProxy(read.TRUST_PROXY),
      appOrigins: read.APP_ORIGINS,
    },
    database: {
      /** Undefined: an embedded one in the data folder. */
      url: read.DATABASE_URL,
      directUrl: read.DATABASE_DIRECT_URL,
      embeddedDir: dataDir,
    },
    keys: { encryption, links },
    app: { id: read.IRIS_APP_ID ?? app.id, scopes },
    callback: {
      pathSecrets:
        read.CALLBACK_PATH_SECRET?.filter((secret) => secret !== 'none').map((secret) => new Secret(secret)) ?? [],
      issuer: read.CALLBACK_ISSUER,
      audience: read.CALLBACK_AUDIENCE,
      maxAgeMs: read.CALLBACK_MAX_AGE_S * 1_000,
      jwksUrl: read.TRACKUNIT_JWKS_URL,
      jwksCooldownMs: read.JWKS_COOLDOWN_S * 1_000,
      reinstallPolicy: read.REINSTALL_POLICY,
      ownHosts: [app.callbackUrl, read.PUBLIC_URL]
        .filter((address) => address !== undefined)
        .map((address) => new URL(address).host),
    },
    trackunit: {
      tokenUrl: read.TRACKUNIT_TOKEN_URL,
      apiUrl: read.TRACKUNIT_API_URL.replace(/\/+$/, ''),
      accountClaim: read.TRACKUNIT_ACCOUNT_CLAIM,
    },
    /** Undefined: every user is refused. */
    userTokens:
      issuer && jwksUrl && accountClaim
        ? {
            issuer,
            jwksUrl,
            jwksCooldownMs: read.JWKS_COOLDOWN_S * 1_000,
            audience: read.USER_TOKEN_AUDIENCE,
            appClaim: read.USER_TOKEN_APP_CLAIM,
            accountClaim,
            userClaim: read.USER_TOKEN_USER_CLAIM,
            scopeClaim: read.USER_TOKEN_SCOPE_CLAIM,
          }
        : undefined,
    tokenCacheForMs: read.TOKEN_CACHE_FOR_MS,
  })
}

export type Config = ReturnType<typeof readConfig>

type ReadEnvironment = z.infer<typeof environmentSchema>

/** What can be read, and a line for each name whose value cannot: the rest is looked at too, so that all is said at once. */
function parseEnvironment(given: Environment): { read: ReadEnvironment; badValues: Map<string, string> } {
  const parsed = environmentSchema.safeParse(given)
  if (parsed.success) return { read: parsed.data, badValues: new Map() }
  const badValues = new Map<string, string>()
  for (const { path, message } of parsed.error.issues) badValues.set(String(path[0]), `${String(path[0])}: ${message}.`)
  const rest = Object.entries(given).filter(([name]) => !badValues.has(name))
  return { read: environmentSchema.parse(Object.fromEntries(rest)), badValues } // Every name may be missing.
}

/** What a laptop may leave open and a server on the internet may not. */
function productionGaps(read: ReadEnvironment): string[] {
  const gaps: string[] = []
  const required = ['PUBLIC_URL', 'STANDIN_ENCRYPTION_KEYS', 'STANDIN_LINK_KEYS', 'CALLBACK_PATH_SECRET'] as const
  for (const name of required) if (!read[name]) gaps.push(`${name} is required in production.`)
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
  for (const name of ['STANDIN_ENCRYPTION_KEYS', 'STANDIN_LINK_KEYS'] as const) {
    if (read[name]?.some(({ bytes }) => new Set(bytes).size === 1))
      gaps.push(`${name} is an example. Make one of your own.`)
  }
  return gaps
}

/** A user is let in only when it is known who signed the token, for which app, and whose account it names. */
function userTokenGaps(read: ReadEnvironment): string[] {
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

function isPublicHttps(address: string): boolean {
  const { protocol, hostname } = new URL(address)
  return (
    protocol === 'https:' &&
    !/^((.*\.)?localhost\.?|127\.\d+\.\d+\.\d+|\[::1?\]|\[::ffff:7f.*\]|0\.0\.0\.0)$/.test(hostname)
  )
}

/** Fastify's `trustProxy`: all, none, the given addresses, or as many hops as the number says. */
function trustProxy(text: string | undefined): boolean | string | ((address: string, hop: number) => boolean) {
  if (text === undefined || text === 'false') return false
  if (text === 'true') return true
  return /^\d+$/.test(text) ? (_address, hop) => hop < Number(text) : text
}

function withSecretFiles(environment: Environment, problems: string[]): Record<string, string | undefined> {
  const given: Record<string, string | undefined> = {}
  // An empty variable is one that is not set: that is how a compose file or a CI leaves one out.
  for (const [name, value] of Object.entries(environment)) if (value) given[name] = value
  for (const name of secretNames) {
    const file = given[`${name}_FILE`]
    if (!file) continue
    delete given[`${name}_FILE`]
    if (given[name]) problems.push(`${name} and ${name}_FILE are both set. Set one.`)
    try {
      given[name] = readFileSync(file, 'utf8').trim()
    } catch {
      problems.push(`${name}_FILE names a file that cannot be read.`)
    }
  }
  return given
}

const storedKeysSchema = z.object({ encryption: keyRing, links: keyRing })

/** A laptop gets keys of its own on the first start, in the data folder, readable by its owner alone. */
function developmentKeys(dataDir: string, say: (line: string) => void): { encryption: KeyRing; links: KeyRing } {
  const file = join(dataDir, 'keys.json')
  const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`
  const draft = `${file}.${process.pid}`
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    if (!existsSync(file)) {
      writeFileSync(draft, JSON.stringify({ encryption: key('development'), links: key('development-links') }), {
        mode: 0o600,
      })
      try {
        // A link appears whole and fails where the name is taken: of two first starts at once, both read the same keys.
        linkSync(draft, file)
      } finally {
        rmSync(draft, { force: true })
      }
      say(`No STANDIN_ENCRYPTION_KEYS: made keys for development in ${file}.`)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST' && existsSync(file))) {
      throw new ConfigError([`The data folder ${dataDir} cannot be written. Name another with STANDIN_DATA_DIR.`])
    }
  }
  try {
    return storedKeysSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    throw new ConfigError([`${file} does not hold keys. Put it back, or remove the data folder to start anew.`])
  }
}
