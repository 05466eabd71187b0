import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Logger } from '../observability/logger.ts'
import type { Beat } from './probe.ts'

const writeEveryMs = 2_000
/** The folder may have been used with other databases, and with earlier histories of this one, which can be restored as well. */
const mostHistories = 100

const fileSchema = z.record(z.guid(), z.number())

export type SeenBeats = ReturnType<typeof createSeenBeats>

/**
 * The highest beat that this machine has seen committed, for each history: in memory, and in a file that outlives the process.
 * It misses the last two seconds before a process was killed, and everything if the folder was not kept.
 * @param folder undefined: in memory only
 */
export function createSeenBeats({
  folder,
  clock,
  log,
}: {
  folder: string | undefined
  clock: Clock
  log: Pick<Logger, 'warn'>
}) {
  let seen: Beat | undefined
  let writtenAtMs = Number.NEGATIVE_INFINITY
  let writing = Promise.resolve()
  let isWritable = true
  const path = folder === undefined ? undefined : join(folder, 'seen-beats.json')

  async function readSeen(): Promise<Record<string, number>> {
    if (path === undefined) return {}
    try {
      return fileSchema.parse(JSON.parse(await readFile(path, 'utf8')))
    } catch {
      return {} // There is no file yet, or it is damaged: nothing is known.
    }
  }

  async function write({ history, beats }: Beat): Promise<void> {
    if (folder === undefined || path === undefined) return
    try {
      const { [history]: before = 0, ...others } = await readSeen()
      const newest = Object.entries(others).slice(1 - mostHistories)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // Replaced as a whole: other processes may use the same folder.
      const draft = `${path}.${process.pid}`
      await writeFile(draft, JSON.stringify({ ...Object.fromEntries(newest), [history]: Math.max(before, beats) }))
      await rename(draft, path)
      isWritable = true
    } catch (error) {
      if (isWritable)
        log.warn(
          { err: error },
          'STANDIN_DATA_DIR cannot be written: while the database is down, no token can be handed out, and after a restart this server does not notice that its database was restored; this line is not repeated',
        )
      isWritable = false
    }
  }

  return {
    get: () => seen,
    /** Whether the last write to the folder succeeded: tokens that are handed out in an outage are recorded there as well. */
    isWritable: () => isWritable,
    /** Continues with a history, from what was seen of it before. */
    async recall(found: Beat): Promise<void> {
      const { [found.history]: beats = 0 } = await readSeen()
      seen = { history: found.history, beats }
    },
    /** Notes what was committed. */
    note(beat: Beat): void {
      const before = seen?.history === beat.history ? seen.beats : 0 // Answers may arrive late.
      seen = { history: beat.history, beats: Math.max(before, beat.beats) }
      if (clock.monotonicMs() - writtenAtMs < writeEveryMs) return
      writtenAtMs = clock.monotonicMs()
      const { history, beats } = seen
      writing = writing.then(() => write({ history, beats }))
    },
    async close(): Promise<void> {
      await writing
      if (seen) await write(seen)
    },
  }
}
