import { and, asc, eq, gt, gte, inArray, lt, ne, sql } from 'drizzle-orm'
import { daysAgo } from '../../clock.ts'
import type { Announcing, Context, InTransaction } from '../../context.ts'
import type { Database, Transaction } from '../../database/database.ts'
import { isAmong } from '../../database/is-among.ts'
import { appendEvent } from '../../runs/run-event-store.ts'
import { isOfRun, type RunKey, runs, type StoredArtifact } from '../../runs/run-table.ts'
import { StandinError } from '../../standin-error.ts'
import { artifactChunks, artifacts } from './artifact-table.ts'

export type ArtifactRow = typeof artifacts.$inferSelect
export type ArtifactKey = Pick<ArtifactRow, 'id' | 'accountId'>

const isArtifact = ({ id, accountId }: ArtifactKey) => and(eq(artifacts.accountId, accountId), eq(artifacts.id, id))
const isChunkOf = ({ id, accountId }: ArtifactKey) =>
  and(eq(artifactChunks.accountId, accountId), eq(artifactChunks.artifactId, id))
const isRunOfArtifact = and(eq(runs.accountId, artifacts.accountId), eq(runs.id, artifacts.runId))

/** Batch sizes, so that no statement takes long. */
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
    .where(and(isOfRun(artifacts, { id: file.runId, accountId: file.accountId }), eq(artifacts.name, file.name)))
    .for('update')
  if (!row) throw new Error('the row was inserted above')
  await tx.delete(artifactChunks).where(and(isChunkOf(row), gte(artifactChunks.position, row.chunks)))
  return row
}

export async function insertChunk(
  tx: Transaction,
  chunk: { accountId: string; artifactId: string; position: number; content: Buffer },
): Promise<void> {
  await tx.insert(artifactChunks).values(chunk)
}

/** How many bytes the other files of an account take. */
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

/** Keeps a file as it is now, with this many chunks. */
export async function keepArtifact(
  tx: Transaction,
  { chunks, bytes, ...artifact }: ArtifactKey & { chunks: number; bytes: number },
): Promise<void> {
  await tx.update(artifacts).set({ chunks, bytes }).where(isArtifact(artifact))
}

/** Offers a run's files as they were last kept, except empty ones. In the transaction that ends the run, before its end is announced. */
export async function offerArtifacts(tx: Announcing, run: RunKey): Promise<void> {
  const offered = await tx.db
    .update(artifacts)
    .set({ complete: true })
    .where(and(isOfRun(artifacts, run), eq(artifacts.complete, false), gt(artifacts.bytes, 0)))
    .returning()
  for (const row of offered) await appendEvent(tx, run, { type: 'artifact', artifact: toArtifact(row) })
}

export async function findArtifact(db: Database, artifact: ArtifactKey): Promise<ArtifactRow | undefined> {
  const [row] = await db
    .select()
    .from(artifacts)
    .where(and(isArtifact(artifact), eq(artifacts.complete, true)))
  return row
}

/** The files that some runs of an account offer, by run. */
export async function artifactsOfRuns(
  db: Database,
  accountId: string,
  runIds: readonly string[],
): Promise<Map<string, StoredArtifact[]>> {
  if (runIds.length === 0) return new Map()
  const rows = await db
    .select()
    .from(artifacts)
    .where(and(eq(artifacts.accountId, accountId), isAmong(artifacts.runId, runIds), eq(artifacts.complete, true)))
    .orderBy(asc(artifacts.createdAt), asc(artifacts.id))
  const byRun = Map.groupBy(rows, ({ runId }) => runId)
  return new Map([...byRun].map(([runId, files]) => [runId, files.map(toArtifact)]))
}

/** A file's bytes, with one piece in memory at a time. */
export async function* readChunks(
  db: Database,
  artifact: ArtifactKey & Pick<ArtifactRow, 'chunks'>,
): AsyncGenerator<Buffer> {
  for (let position = 0; position < artifact.chunks; position++) {
    const [chunk] = await db
      .select({ content: artifactChunks.content })
      .from(artifactChunks)
      .where(and(isChunkOf(artifact), eq(artifactChunks.position, position)))
    if (!chunk) throw new StandinError('ARTIFACT_NOT_FOUND') // Erased while it was read: the rest is missing.
    yield chunk.content
  }
}

/** The run that offers a file. */
export async function findArtifactAndRun(
  db: Database,
  artifact: ArtifactKey,
): Promise<{ name: string; run: typeof runs.$inferSelect } | undefined> {
  const [row] = await db
    .select({ name: artifacts.name, run: runs })
    .from(artifacts)
    .innerJoin(runs, isRunOfArtifact)
    .where(and(isArtifact(artifact), eq(artifacts.complete, true)))
  return row
}

/** Deletes some files that are older than the settings allow. @returns whether there may be more */
export async function ageOutArtifacts({ db, clock, config }: Context): Promise<boolean> {
  const before = daysAgo(clock, config.retention.artifactDays)
  const old = db
    .select({ id: artifacts.id })
    .from(artifacts)
    .innerJoin(runs, isRunOfArtifact)
    .where(and(lt(artifacts.createdAt, before), lt(runs.endedAt, before))) // The first condition uses an index.
    .orderBy(asc(artifacts.createdAt))
    .limit(deletedAtOnce)
  const deleted = await db.delete(artifacts).where(inArray(artifacts.id, old)).returning({ id: artifacts.id })
  return deleted.length > 0
}

/** Erases some files of an account; its runs stay as history. @returns whether there may be more */
export async function eraseArtifactsOf({ db }: InTransaction, accountId: string): Promise<boolean> {
  const { id } = artifacts
  const isOfAccount = eq(artifacts.accountId, accountId)
  const some = db.select({ id }).from(artifacts).where(isOfAccount).limit(erasedAtOnce)
  const deleted = await db
    .delete(artifacts)
    .where(and(isOfAccount, inArray(id, some)))
    .returning({ id })
  return deleted.length === erasedAtOnce
}

/** @param within the only account to look at; without it, all, since services name a file by its id alone */
export async function accountOfArtifact(db: Database, id: string, within?: string): Promise<string | undefined> {
  const { accountId } = artifacts
  const isThis = within === undefined ? eq(artifacts.id, id) : isArtifact({ id, accountId: within })
  const [row] = await db
    .select({ accountId })
    .from(artifacts)
    .where(and(isThis, eq(artifacts.complete, true)))
  return row?.accountId
}

const toArtifact = ({ id, name, mediaType, bytes }: ArtifactRow): StoredArtifact => ({ id, name, mediaType, bytes })
