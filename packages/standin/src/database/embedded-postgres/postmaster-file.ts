import { execFile } from 'node:child_process'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The content of `postmaster.pid`, and whether it is still true. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly isRunning: boolean
}

const fileOf = (cluster: string): string => join(cluster, 'postmaster.pid')

/** `undefined` if there is no file, or only the beginning of one. A stale file still has the last port. */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readFile(fileOf(cluster), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = text.split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || port <= 0) return undefined
  return { pid, port, isRunning: await isPostmasterOf(cluster, pid) }
}

/**
 * After a restart of the machine or container, the former postmaster's process id may belong to another program, and PostgreSQL
 * would wait for that one forever. The file is not removed: its other lines keep PostgreSQL from starting beside
 * orphaned backends.
 */
export async function disownPostmasterFile(cluster: string): Promise<void> {
  const [, ...rest] = (await readFile(fileOf(cluster), 'utf8')).split('\n')
  await writeFile(fileOf(cluster), [pidOfNoProcess, ...rest].join('\n'))
}

// Above what any system gives out.
const pidOfNoProcess = 2 ** 31 - 1

/** Whether any process has this id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

async function isPostmasterOf(cluster: string, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  if (process.platform === 'win32') return true
  if (process.platform !== 'linux') return isPostgres(pid)
  // A postmaster works in its cluster. A zombie, and another user's process, show no folder.
  const [there, here] = await Promise.all([stat(`/proc/${pid}/cwd/`).catch(() => undefined), stat(cluster)])
  return there?.dev === here.dev && there.ino === here.ino
}

async function isPostgres(pid: number): Promise<boolean> {
  const ps = promisify(execFile)('ps', ['-o', 'comm=', '-p', String(pid)])
  return ps.then(
    ({ stdout }) => stdout.includes('postgres'),
    () => false,
  )
}
