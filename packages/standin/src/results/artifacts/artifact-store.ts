import { and, asc, eq, gt, gte, inArray, lt, ne, sql } from 'drizzle-orm'
import { daysAgo } from '../../clock.ts'
import type { Context, InTransaction } from '../../context.ts'
import type { Database, Transaction } from '../../database/database.ts'
import { isAmong } from '../../database/is-among.ts'
import { appendEvent } from '../../runs/run-event-store.ts'
import { runs, type StoredArtifact } from '../../runs/run-table.ts'
import { StandinError } from '../../standin-error.ts'
import { artifactChunks, artifacts } from './artifact-table.ts'

export type ArtifactRow = typeof artifacts.$inferSelect

/** A few at a time, so that no statement takes long. */
const deletedAtOnce = 100
const erasedAtOnce = 10

/** Opens a file of a run as its last checkpoint left it. Later pieces are deleted: the next attempt writes them again. */
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

/** How much the other files of an account take. */
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

/** Keeps a file as it is now, with so many chunks. */
export async function keepArtifact(
  tx: Transaction,
  { id, chunks, bytes }: { id: string; chunks: number; bytes: number },
): Promise<void> {
  await tx.update(artifacts).set({ chunks, bytes }).where(eq(artifacts.id, id))
}

/** In the transaction that ends a run, before its end is announced: offers its files as they were last kept, except empty ones. */
export async function offerArtifacts({ db }: InTransaction, { id: runId }: { id: string }): Promise<void> {
  const offered = await db
    .update(artifacts)
    .set({ complete: true })
    .where(and(eq(artifacts.runId, runId), eq(artifacts.complete, false), gt(artifacts.bytes, 0)))
    .returning()
  for (const row of offered) await appendEvent(db, runId, { type: 'artifact', artifact: toArtifact(row) })
}

export async function findArtifact(db: Database, artifactId: string): Promise<ArtifactRow | undefined> {
  const [row] = await db
    .select()
    .from(artifacts)
    .where(and(eq(artifacts.id, artifactId), eq(artifacts.complete, true)))
  return row
}

/** The files that some runs offer, by run. */
export async function artifactsOfRuns(db: Database, runIds: readonly string[]): Promise<Map<string, StoredArtifact[]>> {
  if (runIds.length === 0) return new Map()
  const rows = await db
    .select()
    .from(artifacts)
    .where(and(isAmong(artifacts.runId, runIds), eq(artifacts.complete, true)))
    .orderBy(asc(artifacts.createdAt), asc(artifacts.id))
  const byRun = Map.groupBy(rows, ({ runId }) => runId)
  return new Map([...byRun].map(([runId, files]) => [runId, files.map(toArtifact)]))
}

/** A file's bytes, with one piece in memory at a time. */
export async function* readChunks(
  db: Database,
  { id, chunks }: Pick<ArtifactRow, 'id' | 'chunks'>,
): AsyncGenerator<Buffer> {
  for (let position = 0; position < chunks; position++) {
    const [chunk] = await db
      .select({ content: artifactChunks.content })
      .from(artifactChunks)
      .where(and(eq(artifactChunks.artifactId, id), eq(artifactChunks.position, position)))
    if (!chunk) throw new StandinError('ARTIFACT_NOT_FOUND') // Erased while it is read: the rest is missing.
    yield chunk.content
  }
}

/** The run that offers a file. */
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

/** Deletes some files that are older than the settings allow. @returns whether there may be more */
export async function ageOutArtifacts({ db, clock, config }: Context): Promise<boolean> {
  const before = daysAgo(clock, config.retention.artifactDays)
  const old = db
    .select({ id: artifacts.id })
    .from(artifacts)
    .innerJoin(runs, eq(runs.id, artifacts.runId))
    .where(and(lt(artifacts.createdAt, before), lt(runs.endedAt, before))) // The first condition uses an index.
    .orderBy(asc(artifacts.createdAt))
    .limit(deletedAtOnce)
  const deleted = await db.delete(artifacts).where(inArray(artifacts.id, old)).returning({ id: artifacts.id })
  return deleted.length > 0
}

/** Erases some files of an account; its runs stay as history. @returns whether there may be more */
export async function eraseArtifactsOf({ db }: InTransaction, accountId: string): Promise<boolean> {
  const { id } = artifacts
  const ofAccount = db.select({ id }).from(artifacts).where(eq(artifacts.accountId, accountId)).limit(erasedAtOnce)
  const deleted = await db.delete(artifacts).where(inArray(id, ofAccount)).returning({ id })
  return deleted.length === erasedAtOnce
}

export async function accountOfArtifact(db: Database, artifactId: string): Promise<string | undefined> {
  return (await findArtifact(db, artifactId))?.accountId
}

const toArtifact = ({ id, name, mediaType, bytes }: ArtifactRow): StoredArtifact => ({ id, name, mediaType, bytes })
