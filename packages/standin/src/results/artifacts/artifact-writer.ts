import type { Database, Transaction } from '../../database/database.ts'
import { holdsRun } from '../../runs/run-lease-store.ts'
import { workingStates } from '../../runs/run-lifecycle.ts'
import { RunStopped } from '../../runs/run-stopped.ts'
import { StandinError } from '../../standin-error.ts'
import { bytesOfOtherArtifacts, insertChunk, keepArtifact, openArtifact } from './artifact-store.ts'

/** Writes a file piece by piece, holding at most one piece in memory. */
export interface ArtifactWriter {
  readonly id: string
  /** Whether a checkpoint kept something of it already, such as its head line. */
  readonly isEmpty: boolean
  /**
   * @throws RunStopped when another worker has the run, or the account's files were erased; StandinError `STORAGE_FULL`
   */
  write(piece: string | Uint8Array): Promise<void>
}

/** What the run does with a file at its checkpoints and at its end. */
export interface OpenArtifact extends ArtifactWriter {
  /** Writes what is in memory. */
  flush(): Promise<void>
  /** Makes all that was flushed count. */
  keep(tx: Transaction): Promise<void>
}

const pieceBytes = 256 * 1024

/** Opens a file for the worker that has the run: no other can write into it, nor drop what this one wrote. */
export async function createArtifactWriter(
  db: Database,
  { epoch, ...file }: { runId: string; epoch: number; accountId: string; name: string; mediaType: string },
  { bytesPerAccount = Number.POSITIVE_INFINITY }: { bytesPerAccount?: number | undefined } = {},
): Promise<OpenArtifact> {
  const { runId } = file
  async function whileHeld<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return db.transaction(async (tx) => {
      if (!(await holdsRun(tx, { runId, epoch, states: workingStates }))) throw new RunStopped()
      return work(tx)
    })
  }

  const { id, chunks, bytes: keptBytes } = await whileHeld((tx) => openArtifact(tx, file))
  let position = chunks
  let total = keptBytes
  let held: Buffer[] = []
  let heldBytes = 0
  let flushed: Promise<void> = Promise.resolve()

  async function writeHeld(): Promise<void> {
    if (heldBytes === 0) return
    const content = Buffer.concat(held)
    held = []
    heldBytes = 0
    await whileHeld(async (tx) => {
      const others = await bytesOfOtherArtifacts(tx, { accountId: file.accountId, but: id })
      if (others + total + content.byteLength > bytesPerAccount) throw new StandinError('STORAGE_FULL')
      await insertChunk(tx, { artifactId: id, position, content })
    })
    position++
    total += content.byteLength
  }

  /** One piece after the other; after one that could not be written, none is: a file has no gaps. */
  function flush(): Promise<void> {
    flushed = flushed.then(writeHeld)
    return flushed
  }

  return {
    id,
    get isEmpty() {
      return total + heldBytes === 0
    },
    async write(piece) {
      const bytes = Buffer.from(piece) // A copy: whoever wrote it may use its own again.
      held.push(bytes)
      heldBytes += bytes.byteLength
      if (heldBytes >= pieceBytes) await flush()
    },
    flush,
    keep: (tx) => keepArtifact(tx, { id, chunks: position, bytes: total }),
  }
}
