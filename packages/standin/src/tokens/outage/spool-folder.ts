import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { SpooledHandOut } from '../../audit/hand-out-writer.ts'

const suffix = '.hand-outs.jsonl'

export interface SpoolFile {
  path: string
  file: FileHandle
}

export async function createSpoolFile(dir: string): Promise<SpoolFile> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, `${randomUUID()}${suffix}`)
  const file = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_WRONLY, 0o600)
  // The name of a new file is only durable once its folder is.
  const folder = await open(dir, 'r')
  await folder.sync().finally(() => folder.close())
  return { path, file }
}

/** The spool files of all processes, including those of killed ones. */
export async function listSpoolFiles(dir: string): Promise<string[]> {
  const names = await orMissing(readdir(dir), [])
  return names.filter((name) => name.endsWith(suffix)).map((name) => join(dir, name))
}

/** @returns the size of all files together, in bytes */
export async function sizeOfSpool(dir: string): Promise<number> {
  const found = await Promise.all((await listSpoolFiles(dir)).map((path) => orMissing(stat(path), undefined)))
  return found.reduce((sum, file) => sum + (file?.size ?? 0), 0)
}

/** A line of a spool file. */
export interface SpoolLine {
  /** Its file and its number in it. */
  name: string
  text: string
}

/** The lines of a file, without a last one that was truncated. */
export async function readSpoolFile(path: string): Promise<SpoolLine[]> {
  const text = await orMissing(readFile(path, 'utf8'), '')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return whole
    .map((line, index) => ({ name: `${basename(path)}:${index + 1}`, text: line }))
    .filter((line) => line.text)
}

const spooledSchema = z.object({
  entryId: z.uuid(),
  at: z.iso.datetime().pipe(z.coerce.date()),
  accountId: z.uuid(),
  generation: z.int(),
  scopeKey: z.string(),
  fingerprint: z.string(),
  serviceKeyId: z.string().optional(),
  restsOn: z.array(z.string()),
  receiver: z.object({ kind: z.enum(['service', 'system']), id: z.string() }),
})

/** @returns undefined if the line is no hand-out */
export function parseLine({ text }: SpoolLine): SpooledHandOut | undefined {
  try {
    const { serviceKeyId, ...handOut } = spooledSchema.parse(JSON.parse(text))
    return { ...handOut, serviceKeyId }
  } catch {
    return undefined
  }
}

/** Not a spool file itself. */
const setAsidePath = (dir: string) => join(dir, 'set-aside.jsonl')

/** The names of the lines that were set aside. */
export async function listSetAside(dir: string): Promise<Set<string>> {
  const text = await orMissing(readFile(setAsidePath(dir), 'utf8'), '')
  const named = text.split('\n').filter(Boolean)
  return new Set(named.map((line): string => JSON.parse(line).name))
}

/** Keeps a line that cannot be recorded, for a person to look at. */
export const keepSetAside = (dir: string, line: SpoolLine): Promise<void> =>
  writeFile(setAsidePath(dir), `${JSON.stringify(line)}\n`, { flag: 'a', mode: 0o600, flush: true })

/** @returns undefined if the file is gone */
export async function lastWriteTo(path: string): Promise<number | undefined> {
  return (await orMissing(stat(path), undefined))?.mtimeMs
}

export async function removeSpoolFile(path: string): Promise<void> {
  await orMissing(unlink(path), undefined)
}

/** Another process may have drained the file, or there never was a folder. */
async function orMissing<Found, Missing>(work: Promise<Found>, missing: Missing): Promise<Found | Missing> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return missing
    throw error
  }
}
