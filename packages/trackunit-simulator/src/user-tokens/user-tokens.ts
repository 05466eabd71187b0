import { randomUUID } from 'node:crypto'
import { profileOf, type UserRole } from '../accounts.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { AppManifest } from '../manifest.ts'

export type UserTokens = ReturnType<typeof createUserTokens>

type UserTokenRequest = {
  accountId: string
  role: UserRole
  lifetimeS: number
  /** Added to the usual claims; `null` removes one. */
  claims?: Record<string, unknown> | undefined
}

type UserTokenDependencies = { keys: KeyRing; manifest: AppManifest; issuer: () => string; now: () => number }

/**
 * The short-lived token that Manager gives an app for its current user. [doc] Limited to the manifest's
 * scopes; everything else is our choice, since it is not documented.
 */
export function createUserTokens({ keys, manifest, issuer, now }: UserTokenDependencies) {
  return {
    async issue({ accountId, role, lifetimeS, claims: changes }: UserTokenRequest): Promise<string> {
      const profile = profileOf(accountId)
      const user = profile.users[role]
      const issuedAtS = Math.floor(now() / 1000)
      const claims = {
        iss: issuer(),
        aud: manifest.irisAppId,
        sub: user.id,
        accountId: profile.id,
        irisAppId: manifest.irisAppId,
        name: user.name,
        scp: scopesOf(role, manifest),
        iat: issuedAtS,
        exp: issuedAtS + lifetimeS,
        jti: randomUUID(),
        ...changes,
      }
      return keys.sign(Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null)))
    },
  }
}

/** Only the simulated administrator has `account.manage`. */
function scopesOf(role: UserRole, manifest: AppManifest): string[] {
  const scopes = manifest.scopes.map(({ scope }) => scope)
  switch (role) {
    case 'administrator':
      return [...new Set([...scopes, 'account.manage'])]
    case 'reader':
      return [...new Set(['asset.view', 'account.view', ...scopes.filter((scope) => scope.endsWith('.view'))])]
  }
}
