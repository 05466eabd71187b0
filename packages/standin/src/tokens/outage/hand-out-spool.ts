import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { HandOut } from '../../audit/hand-out-kind.ts'
import type { SpooledHandOut } from '../../audit/record-hand-outs.ts'
import type { Clock } from '../../clock.ts'
import { createGroupWriter } from '../../database/group-writer.ts'
import { StandinError } from '../../standin-error.ts'

export type HandOutSpool = ReturnType<typeof createHandOutSpool>

interface SpoolPolicy {
  /** A folder that outlives the process. */
  dir: string
  /** All files of the folder together, at most. */
  maxBytes?: number
  /** For how long tokens are served in an outage: a file that is older than that gets no more lines, whoever wrote it. */
  outageServeMs: number
}

const abandonedMarginMs = 60_000
const suffix = '.hand-outs.jsonl'

/**
 * Keeps on this machine's disk which tokens left while the database was down, until they are recorded there. No token is in
 * it, only fingerprints. A line that was cut off belongs to a token that did not leave.
 */
export function createHandOutSpool({ dir, maxBytes = 64 * 1_024 * 1_024, outageServeMs }: SpoolPolicy, clock: Clock) {
  let current: { path: string; file: FileHandle } | undefined
  const putAside = new Set<string>()
  let usedBytes: number | undefined
  let writing: Promise<unknown> = Promise.resolve()

  const writeGrouped = createGroupWriter<string, undefined>({
    write: (lines) => {
      const group = writing.then(() => writeLines(lines))
      writing = group.catch(() => {})
      return group
    },
  })

  async function writeLines(lines: readonly string[]): Promise<undefined[]> {
    // On a line of its own: a disk that was full may have cut off the one before.
    const bytes = Buffer.from(`\n${lines.join('')}`)
    usedBytes ??= await sizeOf(dir)
    if (usedBytes + bytes.length > maxBytes) throw new Error('The spool is full.')
    current ??= await create()
    usedBytes += bytes.length
    await current.file.appendFile(bytes)
    await current.file.datasync()
    return lines.map(() => undefined)
  }

  async function create(): Promise<{ path: string; file: FileHandle }> {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    const path = join(dir, `${randomUUID()}${suffix}`)
    const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_WRONLY, 0o600)
    // The name of a new file is on disk when its folder is.
    const folder = await open(dir, 'r')
    await folder.sync().finally(() => folder.close())
    return { path, file }
  }

  /** Puts the file that is written aside: what comes later goes into another one. */
  async function putCurrentAside(): Promise<void> {
    const closing = writing.then(async () => {
      if (!current) return
      const { path, file } = current
      current = undefined
      putAside.add(path)
      await file.close()
    })
    writing = closing.catch(() => {})
    return closing
  }

  return {
    /** @throws StandinError `STORAGE_UNAVAILABLE` where it cannot be kept: then no token may leave */
    async append(handOut: HandOut): Promise<void> {
      const spooled: SpooledHandOut = { ...handOut, entryId: randomUUID(), at: clock.now() }
      try {
        await writeGrouped(`${JSON.stringify(spooled)}\n`)
      } catch (error) {
        throw new StandinError('STORAGE_UNAVAILABLE', { cause: error })
      }
    },

    /** How much lies here, in bytes. */
    bytes: () => sizeOf(dir),

    /** Nothing is written any more; what lies here is recorded by the next start. */
    close: putCurrentAside,

    /**
     * Records what lies here, files that a killed process left behind too; recording twice must leave one row.
     * @returns how many were recorded, and how many lines could not be read
     */
    async drain(record: (handOut: SpooledHandOut) => Promise<void>): Promise<{ recorded: number; unreadable: number }> {
      await putCurrentAside()
      const drained = { recorded: 0, unreadable: 0 }
      for (const path of await filesIn(dir)) {
        const { handOuts, unreadable } = understand(await orMissing(readFile(path, 'utf8'), ''))
        for (let start = 0; start < handOuts.length; start += 500)
          await Promise.all(handOuts.slice(start, start + 500).map(record))
        drained.recorded += handOuts.length
        drained.unreadable += unreadable
        if (!putAside.has(path) && !(await isAbandoned(path))) continue
        await orMissing(unlink(path), undefined)
        putAside.delete(path)
      }
      usedBytes = undefined
      return drained
    },
  }

  async function isAbandoned(path: string): Promise<boolean> {
    const found = await orMissing(stat(path), undefined)
    return found !== undefined && clock.now().getTime() - found.mtimeMs > outageServeMs + abandonedMarginMs
  }
}

/** Another process may have drained a file, or the folder was never needed. */
async function orMissing<Found, Missing>(work: Promise<Found>, missing: Missing): Promise<Found | Missing> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return missing
    throw error
  }
}

async function filesIn(dir: string): Promise<string[]> {
  const names = await orMissing(readdir(dir), [])
  return names.filter((name) => name.endsWith(suffix)).map((name) => join(dir, name))
}

async function sizeOf(dir: string): Promise<number> {
  const found = await Promise.all((await filesIn(dir)).map((path) => orMissing(stat(path), undefined)))
  return found.reduce((sum, file) => sum + (file?.size ?? 0), 0)
}

function understand(text: string): { handOuts: SpooledHandOut[]; unreadable: number } {
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
  const handOuts = lines.map(understandLine).filter((handOut) => handOut !== undefined)
  return { handOuts, unreadable: lines.length - handOuts.length }
}

function understandLine(line: string): SpooledHandOut | undefined {
  try {
    const spooled = JSON.parse(line)
    return { ...spooled, at: new Date(spooled.at) }
  } catch {
    return undefined
  }
}
