import type { Database, Transaction } from '../../database/database.ts'
import { insertChunk, keepArtifact, openArtifact } from './artifact-store.ts'

/** Writes a file piece by piece, holding at most one piece in memory. */
export interface ArtifactWriter {
  readonly id: string
  /** Whether a checkpoint kept something of it already, such as its head line. */
  readonly isEmpty: boolean
  write(text: string): Promise<void>
}

/** What the run does with a file at its checkpoints and at its end. */
export interface OpenArtifact extends ArtifactWriter {
  /** Writes what is in memory. */
  flush(): Promise<void>
  /** Makes all that was flushed count. */
  keep(tx: Transaction, options?: { complete?: boolean }): Promise<void>
  describe(): { id: string; name: string; mediaType: string; bytes: number }
}

const pieceBytes = 256 * 1024

export async function createArtifactWriter(
  db: Database,
  file: { runId: string; accountId: string; name: string; mediaType: string },
): Promise<OpenArtifact> {
  const { id, name, mediaType, chunks, bytes } = await openArtifact(db, file)
  let position = chunks
  let total = bytes
  let held: Buffer[] = []
  let heldBytes = 0

  async function flush(): Promise<void> {
    if (heldBytes === 0) return
    const content = Buffer.concat(held)
    held = []
    heldBytes = 0
    await insertChunk(db, { artifactId: id, position, content })
    position++
    total += content.byteLength
  }

  return {
    id,
    get isEmpty() {
      return total + heldBytes === 0
    },
    async write(text) {
      const piece = Buffer.from(text)
      held.push(piece)
      heldBytes += piece.byteLength
      if (heldBytes >= pieceBytes) await flush()
    },
    flush,
    keep: (tx, { complete = false } = {}) => keepArtifact(tx, { id, chunks: position, bytes: total, complete }),
    describe: () => ({ id, name, mediaType, bytes: total }),
  }
}
