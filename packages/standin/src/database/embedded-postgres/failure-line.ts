import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

const remedies: readonly [pattern: RegExp, remedy: (folder: string) => string][] = [
  [
    /loading shared libraries|GLIBC_|spawn \S+ ENOENT|ENOEXEC|Exec format error/,
    () => 'its programs do not run on this system (musl, or an older C library): use one with glibc',
  ],
  [
    /incompatible with server/,
    (folder) =>
      `${folder} was made by another major version: move its data over with pg_dump, choose another data folder`,
  ],
  [/lock file "\S+" is empty/, (folder) => `a crash left an empty ${folder}/cluster/postmaster.pid: remove that file`],
  [/shared memory|Cannot allocate memory/i, () => 'there is not enough (shared) memory: give this machine more of it'],
  [/No space left on device|ENOSPC|quota exceeded|EDQUOT/i, (folder) => `the disk of ${folder} is full: make room`],
  [/Read-only file system|EROFS/i, (folder) => `${folder} is on a read-only file system: choose another data folder`],
  [
    /Permission denied|EACCES|EPERM|Operation not permitted|wrong ownership/i,
    (folder) => `this user may not use ${folder}: start as the user it belongs to, or choose another data folder`,
  ],
  [
    /ENOTDIR|EEXIST|Not a directory/i,
    (folder) => `${folder} must be a folder, and there is a file: choose another data folder`,
  ],
  [/ENAMETOOLONG|File name too long/i, () => 'its path is too long: choose a shorter data folder'],
  [/EMFILE|ENFILE|Too many open files/i, () => 'too many files are open: raise the limit (ulimit -n)'],
]

/** Turns the output of PostgreSQL or the file system into one line that says what to do. */
export function failureLine(output: string, folder: string): string {
  const known = remedies.find(([pattern]) => pattern.test(output))
  if (known) return `The embedded PostgreSQL cannot start: ${known[1](folder)}`
  return `The embedded PostgreSQL in ${folder} cannot start (${lastComplaint(output)}): fix that`
}

/** Turns an error of the file system or of starting a program into one line, unless it already is one. */
export function asEmbeddedPostgresError(error: unknown, folder: string): unknown {
  if (error instanceof EmbeddedPostgresError || !(error instanceof Error) || !('syscall' in error)) return error
  return new EmbeddedPostgresError(failureLine(error.message, folder), { cause: error })
}

function lastComplaint(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim())
  const complaint = lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? 'no message'
  return complaint.trim().slice(0, 300)
}
