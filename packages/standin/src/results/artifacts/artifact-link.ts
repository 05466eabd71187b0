import { jwtVerify, SignJWT } from 'jose'
import { actorOf, type Caller } from '../../access/caller.ts'
import { record } from '../../audit/record.ts'
import { StandinError } from '../../standin-error.ts'
import { checkMayRead } from '../read-right.ts'
import type { ResultsContext } from '../results-context.ts'
import { findRunOfArtifact } from './artifact-store.ts'

const lifetimeS = 60
const purpose = 'standin/artifact-download'

/** Makes a link to a file and records who asked for it. @throws StandinError `ARTIFACT_NOT_FOUND`, `SCOPE_FORBIDDEN` */
export async function linkArtifact(
  ctx: ResultsContext,
  caller: Caller,
  { artifactId }: { artifactId: string },
): Promise<{ url: string; expiresAt: string }> {
  const run = await findRunOfArtifact(ctx.db, artifactId)
  if (!run) throw new StandinError('ARTIFACT_NOT_FOUND')
  checkMayRead(ctx, caller, run)
  const { id: runId, accountId, actionId } = run
  const details = { artifactId, runId, actionId }
  await record(ctx, { actor: actorOf(caller), event: 'artifact.linked', accountId, details })
  return makeArtifactLink(ctx, artifactId)
}

/** Makes a download link: for one file and one purpose, valid for a minute, signed with a key used for nothing else. */
export async function makeArtifactLink(
  { config, clock, results }: Pick<ResultsContext, 'config' | 'clock' | 'results'>,
  artifactId: string,
): Promise<{ url: string; expiresAt: string }> {
  const [{ kid, bytes }] = config.keys.links
  const expiresAtS = Math.floor(clock.now().getTime() / 1_000) + lifetimeS
  const link = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', kid })
    .setSubject(artifactId)
    .setAudience(purpose)
    .setExpirationTime(expiresAtS)
    .sign(bytes)
  return { url: `${results.publicUrl()}/artifacts/${link}`, expiresAt: new Date(expiresAtS * 1_000).toISOString() }
}

/** @returns the file's id @throws StandinError `LINK_EXPIRED`, also for a forged link */
export async function readArtifactLink(
  { config, clock }: Pick<ResultsContext, 'config' | 'clock'>,
  link: string,
): Promise<string> {
  const keyOf = ({ kid }: { kid?: string | undefined }) => {
    const key = config.keys.links.find((each) => each.kid === kid)
    if (!key) throw new Error('unknown key id')
    return key.bytes
  }
  try {
    const { payload } = await jwtVerify(link, keyOf, {
      algorithms: ['HS256'],
      audience: purpose,
      currentDate: clock.now(),
      requiredClaims: ['exp', 'sub'],
    })
    return payload.sub ?? ''
  } catch {
    throw new StandinError('LINK_EXPIRED')
  }
}
