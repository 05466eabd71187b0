import {
  installedCallbackSchema,
  type TrackunitCallback,
  uninstalledCallbackSchema,
  unknownCallbackSchema,
} from '@standin/contracts'
import { parseJson } from '../http/strict-json.ts'
import { StandinError } from '../standin-error.ts'

/**
 * The only parser of callbacks: UTF-8, JSON within bounds, then the schema of its type.
 * @throws StandinError `CALLBACK_MALFORMED` naming the fields that are wrong, never their values
 */
export function parseCallback(bytes: Uint8Array): TrackunitCallback {
  const body = readBody(bytes)
  const common = unknownCallbackSchema.safeParse(body)
  const kind = common.success ? common.data.type : undefined
  if (kind === 'INSTALLED') return { kind, body: parsed(installedCallbackSchema.safeParse(body)) }
  if (kind === 'UNINSTALLED') return { kind, body: parsed(uninstalledCallbackSchema.safeParse(body)) }
  return { kind: 'unknown', body: parsed(common) }
}

function readBody(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes, { lenient: true }) // The known fields are checked below; unknown ones pass.
  } catch {
    throw new StandinError('CALLBACK_MALFORMED')
  }
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
