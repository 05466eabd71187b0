import { hash } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { actorOf, type Caller } from '../../access/caller.ts'
import { record } from '../../audit/record.ts'
import { StandinError } from '../../standin-error.ts'
import { checkMayRead } from '../read-right.ts'
import type { ResultsContext } from '../results-context.ts'
import { type ArtifactKey, findArtifactAndRun } from './artifact-store.ts'

const lifetimeS = 60
const purpose = 'standin/artifact-download'

/** Makes a link to a file and records who asked for it. @throws StandinError `ARTIFACT_NOT_FOUND`, `SCOPE_FORBIDDEN` */
export async function linkArtifact(
  ctx: ResultsContext,
  caller: Caller,
  artifact: ArtifactKey,
): Promise<{ url: string; expiresAt: string }> {
  const found = await findArtifactAndRun(ctx.db, artifact)
  if (!found) throw new StandinError('ARTIFACT_NOT_FOUND')
  const { name, run } = found
  checkMayRead(caller, run)
  const { id: runId, accountId, actionId } = run
  const details = { artifactId: artifact.id, name, runId, actionId }
  await record(ctx, { actor: actorOf(caller), event: 'artifact.linked', accountId, details })
  return makeArtifactLink(ctx, { ...artifact, reader: readerOf(caller) })
}

/** Identifies a caller for the limits only. The link does not reveal who asked for it. */
const readerOf = (caller: Caller): string => {
  const { kind, id } = actorOf(caller)
  return hash('sha256', `${kind} ${id}`, 'base64url').slice(0, 16)
}

/** A file, and whom its link was made for: empty in a link of a version that did not say. */
interface LinkedArtifact extends ArtifactKey {
  reader: string
}

/** Makes a download link: for one file, valid for a minute, signed with a key that is used for nothing else. */
export async function makeArtifactLink(
  { config, clock, results }: Pick<ResultsContext, 'config' | 'clock' | 'results'>,
  { id, accountId, reader }: LinkedArtifact,
): Promise<{ url: string; expiresAt: string }> {
  const [{ kid, bytes }] = config.keys.links
  const expiresAtS = Math.floor(clock.now().getTime() / 1_000) + lifetimeS
  const link = await new SignJWT({ account: accountId, reader })
    .setProtectedHeader({ alg: 'HS256', kid })
    .setSubject(id)
    .setAudience(purpose)
    .setExpirationTime(expiresAtS)
    .sign(bytes)
  return { url: `${results.publicUrl()}/artifacts/${link}`, expiresAt: new Date(expiresAtS * 1_000).toISOString() }
}

/** @returns the file of a link, and whom it was made for @throws StandinError `LINK_EXPIRED`, also for a forged link */
export async function readArtifactLink(
  { config, clock }: Pick<ResultsContext, 'config' | 'clock'>,
  link: string,
): Promise<LinkedArtifact> {
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
      requiredClaims: ['exp', 'sub', 'account'],
    })
    return { id: payload.sub ?? '', accountId: String(payload.account), reader: String(payload.reader ?? '') }
  } catch {
    throw new StandinError('LINK_EXPIRED')
  }
}
