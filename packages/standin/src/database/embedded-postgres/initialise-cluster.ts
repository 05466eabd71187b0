import { chown, mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { application, generateCredentials, superuser, writeCredentials } from './credentials-file.ts'
import type { EmbeddedFolder } from './embedded-folder.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { failureLine } from './failure-line.ts'
import type { Program, RunAs } from './run-as.ts'

export interface Initialisation {
  readonly folder: EmbeddedFolder
  readonly binaries: Binaries
  readonly runAs: RunAs
  readonly durable: boolean
  readonly randomBytes: (size: number) => Buffer
  readonly now: () => Date
}

/**
 * Creates the cluster with its roles, database and passwords in a neighbouring folder, and then renames it: a folder of the final
 * name is always complete. If two do this at once, the first one's stays.
 */
export async function initialiseCluster(initialisation: Initialisation): Promise<void> {
  const { folder, runAs, durable } = initialisation
  await mkdir(dirname(folder.root), { recursive: true, mode: 0o700 })
  await removeLeftOver(initialisation)
  const fresh = await mkdtemp(`${folder.root}.new-`)
  try {
    const cluster = join(fresh, basename(folder.cluster))
    await mkdir(cluster, { mode: 0o700 })
    if (runAs.account.type === 'other') await chown(cluster, runAs.account.uid, runAs.account.gid)
    await fillCluster(initialisation, { fresh, cluster })
    if (durable) await syncFolder(fresh)
    await rename(fresh, folder.root)
    if (durable) await syncFolder(dirname(folder.root))
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    if (!(await isThere(folder.root))) throw error
  }
}

async function fillCluster(
  { folder, binaries, runAs, durable, randomBytes }: Initialisation,
  { fresh, cluster }: { fresh: string; cluster: string },
): Promise<void> {
  const credentials = generateCredentials(randomBytes)
  const run = async (program: Program, input?: string): Promise<void> => {
    const { succeeded, output } = await runAs.run(program, input)
    if (!succeeded) throw new EmbeddedPostgresError(failureLine(output, folder.root))
  }

  // initdb leaves a cluster that accepts no connections; who may connect is configured below, once there are passwords.
  const settings = ['-U', superuser, '--auth=reject', '-E', 'UTF8', '--locale=C', '--no-instructions']
  if (!durable) settings.push('--no-sync')
  await run({ file: binaries.initdb, args: (name) => ['-D', name, ...settings], cluster })
  await writeFile(join(cluster, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n', { flush: durable })

  // Through the single-user mode's standard input, one statement a line: no password in a file or on a command line.
  const statements = [
    `alter role ${superuser} password '${credentials.superuserPassword}'`,
    `create role ${application} login nosuperuser password '${credentials.applicationPassword}'`,
    `create database ${application} owner ${application}`,
  ]
  const single = ['-c', 'exit_on_error=on', '-c', 'log_min_messages=fatal', '-c', 'log_min_error_statement=panic']
  if (!durable) single.push('-F')
  await run(
    { file: binaries.postgres, args: (name) => ['--single', '-D', name, ...single, 'postgres'], cluster },
    `${statements.join('\n')}\n`,
  )
  await writeCredentials(join(fresh, basename(folder.credentials)), credentials)
}

const abandonedAfterMs = 10 * 60_000

/** Removes what a killed initialisation left. By age, since processes in other containers cannot be seen. */
async function removeLeftOver({ folder, now }: Initialisation): Promise<void> {
  const parent = dirname(folder.root)
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(folder.root)}.new-`)) continue
    const path = join(parent, name)
    const found = await stat(path).catch(() => undefined)
    if (found && now().getTime() - found.mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true })
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using handle = await open(path, 'r')
  await handle.sync()
}
