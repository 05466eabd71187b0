import { resolve } from 'node:path'
import { defaultAccent, problemsInApp, type StandinApp, standinAppSchema } from '@standin/contracts'
import { dayMs } from '../clock.ts'
import { ConfigError } from './config-error.ts'
import { type DevelopmentKeys, developmentKeys } from './development-keys.ts'
import { mailGaps, productionGaps, userTokenGaps } from './environment-gaps.ts'
import { type Environment, environmentSchema, parseEnvironment, type ReadEnvironment } from './environment-schema.ts'
import { trustProxyOf } from './proxy-setting.ts'
import { Secret } from './secret.ts'
import { withSecretFiles } from './secret-files.ts'

/**
 * Reads `standin.config.ts` and the environment, once.
 * @param maker what `standin.config.ts` exports
 * @throws ConfigError with one line for each thing that is wrong
 */
export function readConfig(maker: StandinApp, environment: Environment, say: (line: string) => void = () => {}) {
  const app = understandApp(maker)
  const read = understandEnvironment(environment)
  const production = read.NODE_ENV === 'production'
  const dataDir = resolve(read.STANDIN_DATA_DIR)
  return Object.freeze({
    production,
    /** What this process does. */
    parts: read.STANDIN_PARTS,
    logLevel: read.LOG_LEVEL,
    http: httpConfig(read, { production }),
    database: {
      /** Undefined: an embedded one in the data folder. */
      url: read.DATABASE_URL,
      directUrl: read.DATABASE_DIRECT_URL,
      pool: read.DATABASE_POOL,
      embeddedDir: dataDir,
    },
    keys: readKeys(read, production ? undefined : () => developmentKeys(dataDir, say)),
    auditRetentionMs: read.AUDIT_RETENTION_DAYS * dayMs,
    metrics: { port: read.METRICS_PORT, host: read.METRICS_HOST },
    /** Undefined: no traces. */
    traces: tracesConfig(read),
    app: {
      id: read.IRIS_APP_ID ?? app.id,
      scopes: read.IRIS_APP_SCOPES?.map(parseScope) ?? app.scopes,
      name: app.name,
      accent: app.accent ?? defaultAccent,
      /** Undefined: none. */
      logoUrl: app.logoUrl,
      /** An email address; undefined: none. */
      support: app.support,
    },
    callback: callbackConfig(read, app),
    trackunit: {
      tokenUrl: read.TRACKUNIT_TOKEN_URL,
      apiUrl: read.TRACKUNIT_API_URL.replace(/\/+$/, ''),
      accountClaim: read.TRACKUNIT_ACCOUNT_CLAIM,
      maxRequestsPerS: read.TRACKUNIT_MAX_REQUESTS_PER_S,
    },
    /** Undefined: every user is refused. */
    userTokens: userTokenConfig(read),
    limits: {
      serviceRequestsPerS: read.SERVICE_KEY_REQUESTS_PER_S,
      userRequestsPerS: read.USER_REQUESTS_PER_S,
      serviceStreams: read.SERVICE_STREAMS,
      userStreams: read.USER_STREAMS,
      failuresPerMinute: read.FAILED_SIGN_INS_PER_MINUTE,
    },
    /** How long tokens, keys and grants that were read before the database went down remain valid; 0: not at all. */
    outageServeMs: read.OUTAGE_SERVE_S * 1_000,
    tokenCacheForMs: read.TOKEN_CACHE_FOR_MS,
    delivery: {
      managerUrl: read.MANAGER_URL,
      /** Undefined: emails link to Manager, and to machines there. */
      appUrl: read.MANAGER_APP_URL,
      /** Domains that all accounts trust, for email and POSTs; `any` stands for all. */
      domains: read.DELIVERY_DOMAINS ?? (production ? [] : ['any']),
      /** Undefined: no email is sent. */
      smtp: read.SMTP_URL && read.MAIL_FROM ? { server: new Secret(read.SMTP_URL), from: read.MAIL_FROM } : undefined,
    },
    /** How long runs and what they leave are kept. Everything of a run is deleted with it at the latest. */
    retention: {
      runDays: read.STANDIN_RUN_DAYS,
      resultDays: read.STANDIN_RESULT_DAYS,
      artifactDays: read.STANDIN_ARTIFACT_DAYS,
      readingDays: read.STANDIN_READING_DAYS,
    },
    resultRowsPerAccount: read.STANDIN_RESULT_ROWS_PER_ACCOUNT,
    artifactBytesPerAccount: read.STANDIN_ARTIFACT_MB_PER_ACCOUNT * 1_000_000,
  })
}

export type Config = ReturnType<typeof readConfig>

function understandApp(maker: StandinApp): StandinApp {
  const problems = problemsInApp(maker)
  if (problems.length === 0) return standinAppSchema.parse(maker)
  throw new ConfigError(problems.map((problem) => `standin.config.ts: ${problem}.`))
}

/** @throws ConfigError for values that cannot be used, for settings that are missing and for those that do not exist */
function understandEnvironment(environment: Environment): ReadEnvironment {
  const problems: string[] = []
  const given = withSecretFiles(environment, problems)
  for (const name of Object.keys(given)) {
    if (name.startsWith('STANDIN_') && !Object.hasOwn(environmentSchema.shape, name))
      problems.push(`${name} is not a setting of Standin. Check its spelling.`)
  }
  const { read, badValues } = parseEnvironment(given)
  const productionOnly = read.NODE_ENV === 'production' ? productionGaps(read) : []
  const gaps = [...productionOnly, ...userTokenGaps(read), ...mailGaps(read)]
  problems.push(...badValues.values(), ...gaps.filter((line) => !badValues.has(line.split(' ', 1)[0] ?? '')))
  if (problems.length > 0) throw new ConfigError(problems)
  return read
}

/** @param generate makes the keys that are not set; undefined in production, where all must be set */
function readKeys(read: ReadEnvironment, generate: (() => DevelopmentKeys) | undefined) {
  const encryption = read.STANDIN_ENCRYPTION_KEYS ?? generate?.().encryption
  const links = read.STANDIN_LINK_KEYS ?? generate?.().links
  const audit = read.STANDIN_AUDIT_KEYS ?? generate?.().audit
  if (!encryption || !links || !audit) throw new ConfigError(['No keys.']) // productionGaps names them before this is reached.
  return { encryption, links, audit }
}

function httpConfig(read: ReadEnvironment, { production }: { production: boolean }) {
  return {
    port: read.PORT,
    host: read.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    /** How long a stopping server still accepts new connections. */
    drainDelayMs: read.DRAIN_DELAY_S * 1_000,
    publicUrl: read.PUBLIC_URL?.replace(/\/+$/, ''),
    /** Undefined: not set. */
    proxySetting: read.TRUST_PROXY,
    trustProxy: trustProxyOf(read.TRUST_PROXY),
    appOrigins: read.APP_ORIGINS,
  }
}

function tracesConfig(read: ReadEnvironment) {
  if (!read.OTEL_EXPORTER_OTLP_ENDPOINT) return undefined
  return {
    endpoint: read.OTEL_EXPORTER_OTLP_ENDPOINT,
    headers: read.OTEL_EXPORTER_OTLP_HEADERS ? new Secret(read.OTEL_EXPORTER_OTLP_HEADERS) : undefined,
    serviceName: read.OTEL_SERVICE_NAME,
    share: read.OTEL_TRACES_SAMPLER_ARG,
  }
}

/** A scope of `IRIS_APP_SCOPES`: `?` at its end makes it optional. */
function parseScope(text: string) {
  const optional = text.endsWith('?')
  return { scope: optional ? text.slice(0, -1) : text, optional }
}

function callbackConfig(read: ReadEnvironment, app: StandinApp) {
  return {
    pathSecrets:
      read.CALLBACK_PATH_SECRET?.filter((secret) => secret !== 'none').map((secret) => new Secret(secret)) ?? [],
    issuer: read.CALLBACK_ISSUER,
    audience: read.CALLBACK_AUDIENCE,
    algorithms: read.CALLBACK_ALGORITHMS,
    maxAgeMs: read.CALLBACK_MAX_AGE_S * 1_000,
    jwksUrl: read.TRACKUNIT_JWKS_URL,
    jwksCooldownMs: read.JWKS_COOLDOWN_S * 1_000,
    reinstallPolicy: read.REINSTALL_POLICY,
    /** How long Trackunit may take to switch new credentials on. */
    patienceMs: read.NEW_CREDENTIALS_PATIENCE_S * 1_000,
    /** How long an account that a bound UNINSTALLED suspended can be restored. */
    uninstallEraseAfterMs: read.UNINSTALL_ERASE_AFTER,
    abandonedAfterMs: read.ABANDONED_AFTER_DAYS * dayMs,
    ownHosts: [app.callbackUrl, read.PUBLIC_URL]
      .filter((address) => address !== undefined)
      .map((address) => new URL(address).host),
  }
}

function userTokenConfig(read: ReadEnvironment) {
  const { USER_TOKEN_ISSUER: issuer, USER_TOKEN_JWKS_URL: jwksUrl, USER_TOKEN_ACCOUNT_CLAIM: accountClaim } = read
  if (!issuer || !jwksUrl || !accountClaim) return undefined
  return {
    issuer,
    jwksUrl,
    jwksCooldownMs: read.JWKS_COOLDOWN_S * 1_000,
    audience: read.USER_TOKEN_AUDIENCE,
    appClaim: read.USER_TOKEN_APP_CLAIM,
    accountClaim,
    userClaim: read.USER_TOKEN_USER_CLAIM,
    emailClaim: read.USER_TOKEN_EMAIL_CLAIM,
    scopeClaim: read.USER_TOKEN_SCOPE_CLAIM,
    /** Undefined: no user may approve credentials in the app. */
    administratorScopes: read.USER_TOKEN_ADMIN_SCOPES,
  }
}
