import type { Database, Transaction } from '../../database/database.ts'
import type { RunLease } from '../../runs/run-lease-store.ts'
import { workingStates } from '../../runs/run-lifecycle.ts'
import { whileHeld } from '../../runs/while-held.ts'
import { StandinError } from '../../standin-error.ts'
import { bytesOfOtherArtifacts, insertChunk, keepArtifact, openArtifact } from './artifact-store.ts'

/** Writes a file piece by piece, with at most one piece in memory. */
export interface ArtifactWriter {
  readonly id: string
  /** Whether the file is still empty: after a checkpoint it may already have content, such as its header line. */
  readonly isEmpty: boolean
  /**
   * @throws RunStopped if another worker holds the run, or the account was uninstalled; StandinError `STORAGE_FULL`
   */
  write(piece: string | Uint8Array): Promise<void>
}

/** What the run itself does with a file, at checkpoints and at its end. */
export interface OpenArtifact extends ArtifactWriter {
  /** Writes what is in memory. */
  flush(): Promise<void>
  /** Makes everything that was flushed part of the file. */
  keep(tx: Transaction): Promise<void>
}

const pieceBytes = 256 * 1024

/**
 * Opens a file for the worker that holds the run: no other worker can write to it or drop what this one wrote.
 * @param bytesPerAccount the most that all files of the account may take together
 */
export async function createArtifactWriter(
  db: Database,
  { run, ...file }: { run: RunLease; name: string; mediaType: string },
  { bytesPerAccount }: { bytesPerAccount: number },
): Promise<OpenArtifact> {
  const { accountId } = run
  const held = { ...run, states: workingStates }
  const {
    id,
    chunks,
    bytes: keptBytes,
  } = await whileHeld(db, held, (tx) => openArtifact(tx, { accountId, runId: run.id, ...file }))
  let position = chunks
  let total = keptBytes
  let buffered: Buffer[] = []
  let bufferedBytes = 0
  let flushed: Promise<void> = Promise.resolve()

  async function writeBuffered(): Promise<void> {
    if (bufferedBytes === 0) return
    const content = Buffer.concat(buffered)
    buffered = []
    bufferedBytes = 0
    await whileHeld(db, held, async (tx) => {
      const others = await bytesOfOtherArtifacts(tx, { accountId, but: id })
      if (others + total + content.byteLength > bytesPerAccount) throw new StandinError('STORAGE_FULL')
      await insertChunk(tx, { accountId, artifactId: id, position, content })
    })
    position++
    total += content.byteLength
  }

  /** Writes pieces one after another. After one has failed, no more are written: a file has no gaps. */
  function flush(): Promise<void> {
    flushed = flushed.then(writeBuffered)
    return flushed
  }

  return {
    id,
    get isEmpty() {
      return total + bufferedBytes === 0
    },
    async write(piece) {
      const bytes = Buffer.from(piece) // A copy: the action may use its own buffer again.
      buffered.push(bytes)
      bufferedBytes += bytes.byteLength
      if (bufferedBytes >= pieceBytes) await flush()
    },
    flush,
    keep: (tx) => keepArtifact(tx, { id, accountId, chunks: position, bytes: total }),
  }
}
