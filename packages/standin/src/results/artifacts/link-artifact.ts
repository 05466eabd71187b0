import { actorOf, type Caller } from '../../access/caller.ts'
import { record } from '../../audit/record.ts'
import type { Database } from '../../database/database.ts'
import type { CheckMayRead } from '../../runs/read-right.ts'
import { StandinError } from '../../standin-error.ts'
import type { ArtifactLinks } from './artifact-link.ts'
import { findRunOfArtifact } from './artifact-store.ts'

/** Gives out a link to a file, and remembers to whom. @throws StandinError `ARTIFACT_NOT_FOUND`, `SCOPE_FORBIDDEN` */
export function createLinkArtifact({
  db,
  links,
  checkMayRead,
}: {
  db: Database
  links: ArtifactLinks
  checkMayRead: CheckMayRead
}) {
  return async (
    caller: Caller,
    { artifactId }: { artifactId: string },
  ): Promise<{ url: string; expiresAt: string }> => {
    const run = await findRunOfArtifact(db, artifactId)
    if (!run) throw new StandinError('ARTIFACT_NOT_FOUND')
    checkMayRead(caller, run)
    const details = { artifactId, runId: run.id, actionId: run.actionId }
    await db.transaction((tx) =>
      record(tx, { actor: actorOf(caller), event: 'artifact.linked', accountId: run.accountId, details }),
    )
    return links.make(artifactId)
  }
}
