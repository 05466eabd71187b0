import {
  installedCallbackSchema,
  type TrackunitCallback,
  uninstalledCallbackSchema,
  unknownCallbackSchema,
} from '@standin/contracts'
import { StandinError } from '../standin-error.ts'

/**
 * The only parser of callbacks: UTF-8, JSON, no key that could reach a prototype, then the schema of its type.
 * @throws StandinError `CALLBACK_MALFORMED` naming the fields that are wrong, never their values
 */
export function parseCallback(bytes: Uint8Array): TrackunitCallback {
  const body = parseJson(bytes)
  const common = unknownCallbackSchema.safeParse(body)
  const kind = common.success ? common.data.type : undefined
  if (kind === 'INSTALLED') return { kind, body: parsed(installedCallbackSchema.safeParse(body)) }
  if (kind === 'UNINSTALLED') return { kind, body: parsed(uninstalledCallbackSchema.safeParse(body)) }
  return { kind: 'unknown', body: parsed(common) }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), refusePrototypes)
  } catch {
    throw new StandinError('CALLBACK_MALFORMED')
  }
}

function refusePrototypes(key: string, value: unknown): unknown {
  const reachesPrototype = key === '__proto__' || (key === 'constructor' && Object(value) === value)
  if (reachesPrototype) throw new SyntaxError()
  return value
}

function parsed<Body>(
  result: { success: true; data: Body } | { success: false; error: { issues: { path: PropertyKey[] }[] } },
): Body {
  if (result.success) return result.data
  const known = ['type', 'irisAppId', 'accountId', 'clientId', 'clientSecret']
  const wrong = new Set(result.error.issues.map(({ path }) => String(path[0])).filter((name) => known.includes(name)))
  throw new StandinError(
    'CALLBACK_MALFORMED',
    wrong.size > 0 ? { detail: `Missing or wrong: ${[...wrong].join(', ')}.` } : {},
  )
}
