import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** The processes that were started, as the data folder records them: a killed `standin dev` leaves its parts running. */
const partSchema = z.object({ name: z.string(), pid: z.int(), file: z.string() })
const startedSchema = z.object({ pid: z.int(), file: z.string(), parts: z.array(partSchema) })
type Started = z.infer<typeof startedSchema>

const fileIn = (dataDir: string) => join(dataDir, 'started.json')

/** @param file the file that this process runs, as in its command line */
export function rememberParts(dataDir: string, file: string, parts: readonly Started['parts'][number][]): void {
  const started: Started = { pid: process.pid, file, parts: parts.map(({ name, pid, file }) => ({ name, pid, file })) }
  writeFileSync(fileIn(dataDir), JSON.stringify(started))
}

export function readLeftovers(dataDir: string): Started | undefined {
  try {
    return startedSchema.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')))
  } catch {
    return undefined // There was no earlier start, or it did not get this far.
  }
}

/** Ends the parts of a dead start, unless another program now has their process id. */
export async function leftovers(
  started: Started | undefined,
): Promise<{ isAlive: boolean; pid: number; ended: string[] }> {
  if (!started || started.parts.length === 0) return { isAlive: false, pid: 0, ended: [] }
  if (started.pid !== process.pid && isStillIt(started)) return { isAlive: true, pid: started.pid, ended: [] }
  const left = started.parts.filter(isStillIt)
  for (const { pid } of left) process.kill(pid, 'SIGTERM')
  for (let tries = 0; tries < 100 && left.some(isStillIt); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return { isAlive: false, pid: 0, ended: left.map(({ name }) => name) }
}

/** Whether a process with this id runs this file, according to its command line. */
function isStillIt({ pid, file }: { pid: number; file: string }): boolean {
  try {
    process.kill(pid, 0)
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(file)
  } catch {
    return false
  }
}
