import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

/** Needs no root: a process's limit on the size of its files can be changed while it runs, with the program of util-linux. */
export const canFillDisks = spawnSync('prlimit', ['--version']).status === 0

/**
 * Lets a process and its children write no file beyond its first bytes, as on a disk that is full: the last line that fits is
 * cut off, and each write after that fails. Both Node and PostgreSQL get an error (EFBIG), since they ignore the signal.
 */
export const fillDisk = (pid: number, bytes: number): Promise<void> => limitFiles(pid, String(Math.round(bytes)))

export const freeDisk = (pid: number): Promise<void> => limitFiles(pid, 'unlimited')

async function limitFiles(pid: number, bytes: string): Promise<void> {
  const limit = (each: number) => run('prlimit', ['--pid', String(each), `--fsize=${bytes}:`]).catch(() => {}) // It may have ended.
  // The parent first: what it starts from now on has the limit too. Only then are its children listed.
  await limit(pid)
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid='])
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  for (const [child = 0, parent] of pairs) if (parent === pid) await limit(child)
}

const run = promisify(execFile)
