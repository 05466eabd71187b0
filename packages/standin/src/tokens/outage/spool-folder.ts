import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
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

/** The spool files of all processes, those of killed ones too. */
export async function listSpoolFiles(dir: string): Promise<string[]> {
  const names = await orMissing(readdir(dir), [])
  return names.filter((name) => name.endsWith(suffix)).map((name) => join(dir, name))
}

/** @returns the size of all files together, in bytes */
export async function sizeOfSpool(dir: string): Promise<number> {
  const found = await Promise.all((await listSpoolFiles(dir)).map((path) => orMissing(stat(path), undefined)))
  return found.reduce((sum, file) => sum + (file?.size ?? 0), 0)
}

/** The hand-outs in a file, without a last line that was truncated. */
export async function readSpoolFile(path: string): Promise<{ handOuts: SpooledHandOut[]; unreadable: number }> {
  const text = await orMissing(readFile(path, 'utf8'), '')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const lines = whole.split('\n').filter(Boolean)
  const handOuts = lines.map(parseLine).filter((handOut) => handOut !== undefined)
  return { handOuts, unreadable: lines.length - handOuts.length }
}

function parseLine(line: string): SpooledHandOut | undefined {
  try {
    const spooled = JSON.parse(line)
    return { ...spooled, at: new Date(spooled.at) }
  } catch {
    return undefined
  }
}

/** @returns undefined where the file is gone */
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
