import type { Config } from '../../config/config.ts'
import { partSchema } from '../../config/parts.ts'
import { type Finding, good, note, wrong } from './finding.ts'

/** Mistakes in the settings that do not stop a start. */
export function checkSettings(config: Config, { callbackUrl }: { callbackUrl: string }): Finding[] {
  return [checkRings(config), checkPublicUrl(config, callbackUrl), checkParts(config), ...checkUsers(config)]
}

const settingOf = {
  encryption: 'STANDIN_ENCRYPTION_KEYS',
  links: 'STANDIN_LINK_KEYS',
  audit: 'STANDIN_AUDIT_KEYS',
} as const

/** Each ring has its own keys: a key of two rings cannot be retired from one without breaking the other. */
function checkRings({ keys }: Pick<Config, 'keys'>): Finding {
  const all = (['encryption', 'links', 'audit'] as const).flatMap((ring) =>
    keys[ring].map(({ kid, bytes }) => ({
      name: `${kid} of ${settingOf[ring]}`,
      text: Buffer.from(bytes).toString('hex'),
    })),
  )
  const shared = all.find(({ text }, index) => all.findIndex((other) => other.text === text) < index)
  if (shared)
    return wrong(
      'keys',
      `${shared.name} is a second name of another key. One leak would expose both: generate a separate key.`,
    )
  const example = all.find(({ text }) => /^(..)\1+$/.test(text))
  if (example)
    return note(
      'keys',
      `${example.name} is an example from the documentation. Generate your own: production refuses this one.`,
    )
  return good('keys', 'each ring has its own keys.')
}

function checkPublicUrl({ http, production, parts: own }: Config, callbackUrl: string): Finding {
  const check = 'addresses'
  const manifest = new URL(callbackUrl)
  if (/(^|\.)example(\.(com|org|net))?$/.test(manifest.hostname)) {
    const said = `callbackUrl in standin.config.ts is ${callbackUrl}, an example: no callback would reach you. Set your address and publish the manifest.`
    return production ? wrong(check, said) : note(check, said)
  }
  if (manifest.pathname !== '/trackunit/callback')
    return wrong(
      check,
      `callbackUrl in standin.config.ts ends in ${manifest.pathname}: callbacks are only received at /trackunit/callback. Correct it.`,
    )
  if (http.publicUrl === undefined)
    return note(check, 'PUBLIC_URL is not set: download links lead to this machine. Production requires it.')
  if (new URL(http.publicUrl).host !== manifest.host && own.includes('callbacks'))
    return note(
      check,
      `the manifest sends callbacks to ${manifest.host}, PUBLIC_URL is ${http.publicUrl}. This is right only if the callback has its own host name.`,
    )
  return good(check, `callbacks and links lead to ${http.publicUrl}.`)
}

function checkParts({ parts: own }: Pick<Config, 'parts'>): Finding {
  const missing = partSchema.options.filter((part) => !own.includes(part))
  return missing.length === 0
    ? good('parts', 'this process does everything.')
    : note(
        'parts',
        `this process does ${own.join(', ')}. Another one must do ${missing.join(', ')}: see STANDIN_PARTS.`,
      )
}

function checkUsers({ userTokens, parts: own }: Pick<Config, 'userTokens' | 'parts'>): Finding[] {
  if (!own.includes('api')) return []
  const check = 'users'
  if (!userTokens)
    return [
      note(
        check,
        'USER_TOKEN_ISSUER, USER_TOKEN_JWKS_URL and USER_TOKEN_ACCOUNT_CLAIM are not set, so every user is refused. "identity observed" shows what their tokens carry.',
      ),
    ]
  const without = [
    userTokens.scopeClaim === undefined &&
      'USER_TOKEN_SCOPE_CLAIM is not set: users can start nothing that changes data.',
    userTokens.administratorScopes === undefined &&
      'USER_TOKEN_ADMIN_SCOPES is not set: credentials cannot be approved in the app, only by the operator.',
  ].filter((said) => said !== false)
  return without.length > 0 ? without.map((said) => note(check, said)) : [good(check, 'can sign in.')]
}
