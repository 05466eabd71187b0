import { type DestinationStream, destination, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/** Fields that never reach a log, wherever they are: a safety net, since no code should log them. */
const redacted = [
  'authorization',
  'trackunit-identity',
  'clientSecret',
  'client_secret',
  'accessToken',
  'access_token',
  'token',
]

/** JSON lines on standard error; standard output belongs to the program that uses this. */
export function createLogger(
  level: string,
  stream: DestinationStream = destination({ dest: 2, sync: true }),
  { isDevelopment = false }: { isDevelopment?: boolean } = {},
): Logger {
  return pino(
    {
      level,
      redact: {
        paths: redacted.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[secret]',
      },
      // Only our own errors are logged in full: messages of libraries contain SQL, parameters, claims and tokens. On a
      // maker's own machine they are what is looked for.
      serializers: { err: (error: unknown) => describe(error, isDevelopment) },
      // pino and Fastify take an error's message for the line's text if none is given.
      hooks: {
        logMethod([first, text, ...rest], write) {
          const error = first instanceof Error ? first : errorIn(first)
          const isOfError = error !== undefined && (text === undefined || text === messageOf(error))
          write.call(this, first instanceof Error ? { err: first } : first, isOfError ? 'error' : text, ...rest)
        },
      },
    },
    stream,
  )
}

function errorIn(fields: unknown): Error | undefined {
  if (typeof fields !== 'object' || fields === null || !('err' in fields)) return undefined
  return fields.err instanceof Error ? fields.err : undefined
}

function messageOf(error: Error): string | undefined {
  try {
    return error.message
  } catch {
    return undefined
  }
}

/** Any code can throw anything, also something that throws when it is looked at. A line about it is written anyway. */
function describe(error: unknown, isDevelopment: boolean): object {
  try {
    return describeError(error, { isDevelopment, causes: 5 })
  } catch {
    return { type: 'unreadable' }
  }
}

interface Describing {
  isDevelopment: boolean
  /** How many causes are described at most: an error can be its own. */
  causes: number
}

/** Name, code and place of an error; its message only where it is known to be free of secrets. */
function describeError(error: unknown, { isDevelopment, causes }: Describing): object {
  if (!(error instanceof Error)) return { type: typeof error }
  const { name } = error
  const [message, stack] = [String(error.message), String(error.stack ?? '')]
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : undefined
  const isCauseNear = causes > 0 && error.cause instanceof Error
  const cause = isCauseNear ? describeError(error.cause, { isDevelopment, causes: causes - 1 }) : undefined
  // A message can hold lines that look like places, and the stack still has it when it was changed later.
  const messageAt = stack.indexOf(message)
  const places = (messageAt === -1 ? '' : stack.slice(messageAt + message.length))
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
  const told = 'safeMessage' in error ? error.safeMessage : isDevelopment ? message : undefined
  return { type: name, code, reason, ...(told !== undefined && { message: told }), places, cause }
}
