import type { Artifact } from '@standin/contracts'
import { and, asc, eq, gt, gte, inArray, lt, ne, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../database/database.ts'
import { runs } from '../../runs/run-table.ts'
import { StandinError } from '../../standin-error.ts'
import { artifactChunks, artifacts } from './artifact-table.ts'

export type ArtifactRow = typeof artifacts.$inferSelect
/** How long it is kept is said by the server's settings, not by its row. */
export type StoredArtifact = Omit<Artifact, 'keptUntil'>

/**
 * The file of a run by its name, as its last checkpoint left it: what was written after that is dropped, since the work
 * that wrote it is done again.
 */
export async function openArtifact(
  tx: Transaction,
  file: { runId: string; accountId: string; name: string; mediaType: string },
): Promise<ArtifactRow> {
  await tx.insert(artifacts).values(file).onConflictDoNothing()
  const [row] = await tx
    .select()
    .from(artifacts)
    .where(and(eq(artifacts.runId, file.runId), eq(artifacts.name, file.name)))
    .for('update')
  if (!row) throw new Error('the row was inserted above')
  await tx
    .delete(artifactChunks)
    .where(and(eq(artifactChunks.artifactId, row.id), gte(artifactChunks.position, row.chunks)))
  return row
}

export async function insertChunk(
  tx: Transaction,
  chunk: { artifactId: string; position: number; content: Buffer },
): Promise<void> {
  await tx.insert(artifactChunks).values(chunk)
}

/** How much the files of an account take, but for one of them. */
export async function bytesOfOtherArtifacts(
  db: Database,
  { accountId, but }: { accountId: string; but: string },
): Promise<number> {
  const [row] = await db
    .select({ bytes: sql<string>`coalesce(sum(${artifacts.bytes}::bigint), 0)` })
    .from(artifacts)
    .where(and(eq(artifacts.accountId, accountId), ne(artifacts.id, but)))
  return Number(row?.bytes ?? 0)
}

/** Keeps a file as it is now: its chunks up to here count. */
export async function keepArtifact(
  tx: Transaction,
  { id, chunks, bytes }: { id: string; chunks: number; bytes: number },
): Promise<void> {
  await tx.update(artifacts).set({ chunks, bytes }).where(eq(artifacts.id, id))
}

/** Offers the files of a run that has ended, as they were kept last; an empty one is none. */
export async function offerArtifacts(tx: Transaction, runId: string): Promise<StoredArtifact[]> {
  const offered = await tx
    .update(artifacts)
    .set({ complete: true })
    .where(and(eq(artifacts.runId, runId), eq(artifacts.complete, false), gt(artifacts.bytes, 0)))
    .returning()
  return offered.map(toArtifact)
}

export async function findArtifact(db: Database, artifactId: string): Promise<ArtifactRow | undefined> {
  const [row] = await db
    .select()
    .from(artifacts)
    .where(and(eq(artifacts.id, artifactId), eq(artifacts.complete, true)))
  return row
}

/** The complete files of some runs, by run. */
export async function artifactsOfRuns(db: Database, runIds: readonly string[]): Promise<Map<string, StoredArtifact[]>> {
  if (runIds.length === 0) return new Map()
  const rows = await db
    .select()
    .from(artifacts)
    .where(and(inArray(artifacts.runId, [...runIds]), eq(artifacts.complete, true)))
    .orderBy(asc(artifacts.createdAt), asc(artifacts.id))
  const byRun = Map.groupBy(rows, ({ runId }) => runId)
  return new Map([...byRun].map(([runId, files]) => [runId, files.map(toArtifact)]))
}

/** A file's bytes, one piece in memory at a time. */
export async function* readChunks(
  db: Database,
  { id, chunks }: Pick<ArtifactRow, 'id' | 'chunks'>,
): AsyncGenerator<Buffer> {
  for (let position = 0; position < chunks; position++) {
    const [chunk] = await db
      .select({ content: artifactChunks.content })
      .from(artifactChunks)
      .where(and(eq(artifactChunks.artifactId, id), eq(artifactChunks.position, position)))
    if (!chunk) throw new StandinError('ARTIFACT_NOT_FOUND') // Erased meanwhile: what came is not the whole.
    yield chunk.content
  }
}

/** The run of a file, for who may read it. */
export async function findRunOfArtifact(
  db: Database,
  artifactId: string,
): Promise<typeof runs.$inferSelect | undefined> {
  const [row] = await db
    .select({ run: runs })
    .from(artifacts)
    .innerJoin(runs, eq(runs.id, artifacts.runId))
    .where(and(eq(artifacts.id, artifactId), eq(artifacts.complete, true)))
  return row?.run
}

/** Deletes some of the files whose runs ended before, so that no statement is long. @returns how many went */
export async function deleteOldArtifacts(db: Database, before: Date, { limit }: { limit: number }): Promise<number> {
  const old = db
    .select({ id: artifacts.id })
    .from(artifacts)
    .innerJoin(runs, eq(runs.id, artifacts.runId))
    .where(and(lt(artifacts.createdAt, before), lt(runs.endedAt, before))) // By age, of which files have an index.
    .orderBy(asc(artifacts.createdAt))
    .limit(limit)
  const gone = await db.delete(artifacts).where(inArray(artifacts.id, old)).returning({ id: artifacts.id })
  return gone.length
}

/** Erases the files of an account; its runs stay as history. */
export async function eraseArtifactsOf(tx: Transaction, accountId: string): Promise<void> {
  await tx.delete(artifacts).where(eq(artifacts.accountId, accountId))
}

export async function accountOfArtifact(db: Database, artifactId: string): Promise<string | undefined> {
  return (await findArtifact(db, artifactId))?.accountId
}

const toArtifact = ({ id, name, mediaType, bytes }: ArtifactRow): StoredArtifact => ({ id, name, mediaType, bytes })
