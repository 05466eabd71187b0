import { jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../../clock.ts'
import type { KeyRing } from '../../config/key-ring.ts'
import { StandinError } from '../../standin-error.ts'

const lifetimeS = 60
const purpose = 'standin/artifact-download'

export type ArtifactLinks = ReturnType<typeof createArtifactLinks>

/** Download links: one file, one purpose, a minute, a key of their own. */
export function createArtifactLinks({
  keys,
  publicUrl,
  clock,
}: {
  keys: KeyRing
  publicUrl: () => string
  clock: Clock
}) {
  const [signing] = keys
  const keysById = new Map(keys.map(({ kid, bytes }) => [kid, bytes]))
  return {
    async make(artifactId: string): Promise<{ url: string; expiresAt: string }> {
      const nowS = Math.floor(clock.now().getTime() / 1_000)
      const expiresAtS = nowS + lifetimeS
      const link = await new SignJWT({})
        .setProtectedHeader({ alg: 'HS256', kid: signing.kid })
        .setSubject(artifactId)
        .setAudience(purpose)
        .setExpirationTime(expiresAtS)
        .sign(signing.bytes)
      return { url: `${publicUrl()}/artifacts/${link}`, expiresAt: new Date(expiresAtS * 1_000).toISOString() }
    },

    /** @returns the file's id @throws StandinError `LINK_EXPIRED`, also for one that was never ours */
    async read(link: string): Promise<string> {
      try {
        const { payload } = await jwtVerify(
          link,
          ({ kid }) => {
            const key = keysById.get(kid ?? '')
            if (!key) throw new Error('unknown key id')
            return key
          },
          { algorithms: ['HS256'], audience: purpose, currentDate: clock.now(), requiredClaims: ['exp', 'sub'] },
        )
        return payload.sub ?? ''
      } catch {
        throw new StandinError('LINK_EXPIRED')
      }
    },
  }
}
