import { createHash } from 'node:crypto'
import { chmod, cp, lstat, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/**
 * A copy that every user may read and run, since the checkout may be below a folder that only root can enter. Made once for each
 * version and left in the temporary folder: a running server loads from it, and its last user cannot be known.
 */
export async function copyBinaries(binaries: Binaries): Promise<Binaries> {
  const folder = join(tmpdir(), `standin-postgres-${await fingerprint(binaries.postgres)}`)
  const there = (file: string): string => join(folder, 'bin', basename(file))
  const copy = { initdb: there(binaries.initdb), postgres: there(binaries.postgres), pg_ctl: there(binaries.pg_ctl) }
  if (await isOwn(folder)) return copy

  const fresh = await mkdtemp(`${folder}.new-`)
  try {
    await cp(dirname(dirname(binaries.postgres)), fresh, { recursive: true, verbatimSymlinks: true })
    await chmod(fresh, 0o755)
    await rename(fresh, folder)
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true })
    // Another start was faster. Files of another user are never run.
    if (await isOwn(folder)) return copy
    const remedy = `remove ${folder}, and see that there is room for 60 MB`
    throw new EmbeddedPostgresError(`PostgreSQL's binaries cannot be copied for an unprivileged user: ${remedy}`, {
      cause,
    })
  }
  return copy
}

async function fingerprint(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file)
  return createHash('sha256').update(`${file} ${size} ${mtimeMs}`).digest('hex').slice(0, 16)
}

async function isOwn(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined)
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}
