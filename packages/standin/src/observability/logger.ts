import { destination, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** Fields that never reach a log, wherever they stand: the net under the rule that nobody logs them. */
const redacted = [
  'authorization',
  'trackunit-identity',
  'clientSecret',
  'client_secret',
  'accessToken',
  'access_token',
  'token',
]

/** JSON lines on standard error; standard output belongs to whoever runs the program. */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      redact: {
        paths: redacted.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[secret]',
      },
      // Of an error only what is ours is logged in full: messages of libraries carry SQL, parameters, claims and tokens.
      serializers: { err: describeError },
    },
    destination({ dest: 2, sync: true }),
  )
}

/** Name, code and place of an error; its message only where it is known to be free of secrets. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { name, stack } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : undefined
  const cause = error.cause instanceof Error ? describeError(error.cause) : undefined
  const places = stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
  return { type: name, code, reason, ...('safeMessage' in error ? { message: error.safeMessage } : {}), places, cause }
}
