import { domainNameSchema, scopeSchema, standinAppSchema } from '@standin/contracts'
import { z } from 'zod'
import { commaSeparated } from './comma-separated.ts'
import { keyRingSchema } from './key-ring.ts'
import { partsSchema } from './parts.ts'
import { proxySettingSchema } from './proxy-setting.ts'
import { signatureAlgorithms } from './signature-algorithms.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const seconds = (fallback: number) => z.coerce.number().int().min(0).max(604_800).default(fallback)
const days = (fallback: number) => z.coerce.number().int().min(1).max(36_500).default(fallback)
const unitsMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const durationMs = (text: string) => Number.parseInt(text, 10) * (unitsMs[text.slice(-1)] ?? 0)
const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback)
const spaceSeparated = z.string().transform((text) => text.split(/\s+/).filter(Boolean))
/** As a browser sends it. `https://app.example/` would silently match no request. */
const origin = z
  .string()
  .refine(
    (text) => text === 'null' || URL.parse(text)?.origin === text,
    'each is an origin such as https://app.example, or the word null',
  )
const webAddress = z.url({ protocol: /^https?$/ })
/** Every name that the server reads. `NAME_FILE` names a file that holds the value of a secret. */
export const environmentSchema = z.object({
  NODE_ENV: z.string().default('development'),
  PORT: port(4000),
  HOST: z.string().optional(),
  METRICS_PORT: port(9464),
  METRICS_HOST: z.string().default('127.0.0.1'),
  DRAIN_DELAY_S: z.coerce.number().int().min(0).max(300).default(5),
  PUBLIC_URL: webAddress.optional(),
  TRUST_PROXY: proxySettingSchema.optional(),
  APP_ORIGINS: commaSeparated.pipe(z.array(origin)).default([]),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'starts with postgres://')
    .optional(),
  DATABASE_DIRECT_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'starts with postgres://')
    .optional(),
  DATABASE_POOL: z.coerce.number().int().min(3).max(200).default(6),
  STANDIN_DATA_DIR: z.string().default('.standin'),
  STANDIN_EMBEDDED_DATABASE: z.literal('allow').optional(),
  STANDIN_ENCRYPTION_KEYS: keyRingSchema.optional(),
  STANDIN_LINK_KEYS: keyRingSchema.optional(),
  STANDIN_AUDIT_KEYS: keyRingSchema.optional(),
  AUDIT_RETENTION_DAYS: z.coerce.number().int().min(1).max(36_500).default(400),
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
  CALLBACK_ALGORITHMS: commaSeparated.pipe(z.array(z.enum(signatureAlgorithms)).nonempty()).optional(),
  CALLBACK_MAX_AGE_S: seconds(300),
  JWKS_COOLDOWN_S: seconds(30),
  REINSTALL_POLICY: z.enum(['approve', 'automatic']).default('approve'),
  NEW_CREDENTIALS_PATIENCE_S: z.coerce.number().int().min(10).max(86_400).default(900),
  UNINSTALL_ERASE_AFTER: z
    .string()
    .regex(/^\d{1,6} ?[smhd]$/, 'is a number and a unit, as in 24h (s, m, h or d)')
    .default('24h')
    .transform(durationMs),
  ABANDONED_AFTER_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  TRACKUNIT_JWKS_URL: webAddress.default('https://iris.trackunit.com/api/marketplace/jwks'),
  TRACKUNIT_TOKEN_URL: webAddress.default('https://auth.trackunit.com/apptoken'),
  TRACKUNIT_API_URL: webAddress.default('https://iris.trackunit.com'),
  TRACKUNIT_MAX_REQUESTS_PER_S: z.coerce.number().int().min(1).max(10_000).default(50),
  TRACKUNIT_ACCOUNT_CLAIM: z.string().min(1).optional(),
  USER_TOKEN_ISSUER: z.string().min(1).optional(),
  USER_TOKEN_JWKS_URL: webAddress.optional(),
  USER_TOKEN_AUDIENCE: z.string().min(1).optional(),
  USER_TOKEN_APP_CLAIM: z.string().min(1).optional(),
  USER_TOKEN_ACCOUNT_CLAIM: z.string().min(1).optional(),
  USER_TOKEN_USER_CLAIM: z.string().min(1).default('sub'),
  USER_TOKEN_EMAIL_CLAIM: z.string().min(1).default('email'),
  USER_TOKEN_SCOPE_CLAIM: z.string().min(1).optional(),
  USER_TOKEN_ADMIN_SCOPES: spaceSeparated.pipe(z.array(z.string()).nonempty()).optional(),
  SERVICE_KEY_REQUESTS_PER_S: z.coerce.number().int().min(1).max(1_000_000).default(5_000),
  USER_REQUESTS_PER_S: z.coerce.number().int().min(1).max(1_000_000).default(50),
  SERVICE_STREAMS: z.coerce.number().int().min(1).max(100_000).default(1_000),
  USER_STREAMS: z.coerce.number().int().min(1).max(100_000).default(50),
  FAILED_SIGN_INS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(600),
  OUTAGE_SERVE_S: seconds(600),
  TOKEN_CACHE_FOR_MS: z.coerce.number().int().min(0).max(3_600_000).default(300_000),
  SMTP_URL: z
    .string()
    .regex(/^smtps?:\/\//, 'starts with smtp:// or smtps://')
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*@[\w.-]+>?$/, 'an address, as in Fleet assistant <fleet@example.com>')
    .optional(),
  DELIVERY_DOMAINS: commaSeparated
    .pipe(
      z
        .array(z.union([z.literal('any'), domainNameSchema], 'each is a domain such as example.com, or the word any'))
        .nonempty(),
    )
    .optional(),
  MANAGER_URL: webAddress.default('https://new.manager.trackunit.com'),
  MANAGER_APP_URL: webAddress.optional(),
  STANDIN_PARTS: partsSchema,
  STANDIN_RUN_DAYS: days(180),
  STANDIN_RESULT_DAYS: days(90),
  STANDIN_ARTIFACT_DAYS: days(30),
  STANDIN_READING_DAYS: days(800),
  STANDIN_RESULT_ROWS_PER_ACCOUNT: z.coerce.number().int().min(1_000).max(1_000_000_000).default(50_000_000),
  STANDIN_ARTIFACT_MB_PER_ACCOUNT: z.coerce.number().int().min(1).max(1_000_000).default(1_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: webAddress.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(
      /^[\w-]+=([^,;%]|%[\da-f]{2})+(,[\w-]+=([^,;%]|%[\da-f]{2})+)*$/i,
      'is name=value, several with commas between; in a value %20 is a space',
    )
    .optional(),
  OTEL_SERVICE_NAME: z.string().min(1).max(200).default('standin'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

export type ReadEnvironment = z.infer<typeof environmentSchema>

/** The valid settings, and a line for each invalid one, so that all problems are reported at once. */
export function parseEnvironment(given: Environment): { read: ReadEnvironment; badValues: Map<string, string> } {
  const parsed = environmentSchema.safeParse(given)
  if (parsed.success) return { read: parsed.data, badValues: new Map() }
  const badValues = new Map<string, string>()
  for (const { path, message } of parsed.error.issues) badValues.set(String(path[0]), `${String(path[0])}: ${message}.`)
  const rest = Object.entries(given).filter(([name]) => !badValues.has(name))
  return { read: environmentSchema.parse(Object.fromEntries(rest)), badValues } // Every name may be missing.
}
