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
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid='])
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const children = pairs.filter(([, parent]) => parent === pid).map(([child]) => child)
  // The parent first: what it starts from now on has the limit too. One that has ended in the meantime needs none.
  for (const each of [pid, ...children])
    await run('prlimit', ['--pid', String(each), `--fsize=${bytes}:`]).catch(() => {})
}

const run = promisify(execFile)
