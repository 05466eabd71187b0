import { randomUUID } from 'node:crypto'
import type { HandOut } from '../../audit/hand-out-kind.ts'
import type { SpooledHandOut } from '../../audit/hand-out-writer.ts'
import type { Clock } from '../../clock.ts'
import { createGroupWriter, isRowsFault } from '../../database/group-writer.ts'
import { StandinError } from '../../standin-error.ts'
import {
  createSpoolFile,
  keepSetAside,
  lastWriteTo,
  listSetAside,
  listSpoolFiles,
  parseLine,
  readSpoolFile,
  removeSpoolFile,
  type SpoolFile,
  type SpoolLine,
  sizeOfSpool,
} from './spool-folder.ts'

export type HandOutSpool = ReturnType<typeof createHandOutSpool>

interface SpoolPolicy {
  /** A folder that outlives the process. */
  dir: string
  /** Of all files in the folder together. */
  maxBytes?: number
  /** How long tokens are served in an outage: an older file gets no more lines, even from another process. */
  outageServeMs: number
}

const abandonedMarginMs = 60_000
const recordedAtOnce = 500

/**
 * Keeps hand-outs of a database outage on this machine's disk until they are recorded in the database: fingerprints, never
 * tokens. A truncated line belongs to a token that did not leave.
 */
export function createHandOutSpool({ dir, maxBytes = 64 * 1_024 * 1_024, outageServeMs }: SpoolPolicy, clock: Clock) {
  let current: SpoolFile | undefined
  const closed = new Set<string>()
  let usedBytes: number | undefined
  let writing: Promise<unknown> = Promise.resolve()

  /** One after the other, even if the previous work failed. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = writing.then(work)
    writing = done.catch(() => {})
    return done
  }

  const writeLine = createGroupWriter<string, undefined>({ write: (lines) => inTurn(() => writeLines(lines)) })

  async function writeLines(lines: readonly string[]): Promise<undefined[]> {
    // Begins a new line: a full disk may have truncated the one before.
    const bytes = Buffer.from(`\n${lines.join('')}`)
    usedBytes ??= await sizeOfSpool(dir)
    if (usedBytes + bytes.length > maxBytes) throw new Error('The spool is full.')
    current ??= await createSpoolFile(dir)
    usedBytes += bytes.length
    await current.file.appendFile(bytes)
    await current.file.datasync()
    return lines.map(() => undefined)
  }

  /** Later lines go into another file. */
  const closeCurrent = () =>
    inTurn(async () => {
      if (!current) return
      const { path, file } = current
      current = undefined
      closed.add(path)
      await file.close()
    })

  /** Whether no process can still add lines to the file. */
  async function isComplete(path: string): Promise<boolean> {
    if (closed.has(path)) return true
    const writtenAtMs = await lastWriteTo(path)
    return writtenAtMs !== undefined && clock.now().getTime() - writtenAtMs > outageServeMs + abandonedMarginMs
  }

  return {
    /** @throws StandinError `STORAGE_UNAVAILABLE` if it cannot be written: then the token may not be handed out */
    async append(handOut: HandOut): Promise<void> {
      const spooled: SpooledHandOut = { ...handOut, entryId: randomUUID(), at: clock.now() }
      try {
        await writeLine(`${JSON.stringify(spooled)}\n`)
      } catch (error) {
        throw new StandinError('STORAGE_UNAVAILABLE', { cause: error })
      }
    },

    bytes: () => sizeOfSpool(dir),

    /** Ends the writing; the next start records what is left. */
    close: closeCurrent,

    /**
     * Records all hand-outs, including those that a killed process left behind. Recording one twice must leave one row.
     * @param setAside called with each line that can never be recorded, before the line is kept apart
     * @returns how many lines were recorded, and which were set aside
     * @throws the error of one that could not be recorded now; all that is left is recorded later
     */
    async drain({
      record,
      setAside,
    }: {
      record: (handOut: SpooledHandOut) => Promise<void>
      setAside: (line: SpoolLine) => Promise<void>
    }): Promise<{ recorded: number; setAside: string[] }> {
      await closeCurrent()
      const apart = await listSetAside(dir)
      const drained = { recorded: 0, setAside: [] as string[] }
      /** @returns false if the line is no hand-out, or the database refuses a value of it */
      const isRecorded = async (line: SpoolLine) => {
        const handOut = parseLine(line)
        if (!handOut) return false
        return record(handOut).then(
          () => true,
          (error: unknown) => {
            if (isRowsFault(error)) return false
            throw error
          },
        )
      }
      const drainLine = async (line: SpoolLine) => {
        if (await isRecorded(line)) return void drained.recorded++
        await setAside(line)
        await keepSetAside(dir, line)
        drained.setAside.push(line.name)
      }
      for (const path of await listSpoolFiles(dir)) {
        const lines = (await readSpoolFile(path)).filter(({ name }) => !apart.has(name))
        for (let start = 0; start < lines.length; start += recordedAtOnce)
          await Promise.all(lines.slice(start, start + recordedAtOnce).map(drainLine))
        if (!(await isComplete(path))) continue
        await removeSpoolFile(path)
        closed.delete(path)
      }
      usedBytes = undefined
      return drained
    },
  }
}
