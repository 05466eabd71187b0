import { access, chmod, constants } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { linkLibraries } from './link-libraries.ts'

/** Absolute paths of PostgreSQL's programs; `lib` and `share` are beside their folder. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pg_ctl: string
}

/** Finds the binaries that came as an optional dependency for this platform. */
export async function findBinaries(machine: { platform: string; arch: string }): Promise<Binaries> {
  const name = `@embedded-postgres/${machine.platform === 'win32' ? 'windows' : machine.platform}-${machine.arch}`
  const binaries = await import(name).then(asBinaries, (cause: unknown) => {
    throw new EmbeddedPostgresError(
      `There is no PostgreSQL for ${machine.platform}-${machine.arch} here: install ${name} where it exists`,
      { cause },
    )
  })

  for (const file of Object.values(binaries)) await makeExecutable(file)
  await linkLibraries(join(dirname(binaries.postgres), '../..'))
  return binaries
}

/** These three paths are all that the packages export. */
function asBinaries(loaded: Binaries): Binaries {
  return { initdb: loaded.initdb, postgres: loaded.postgres, pg_ctl: loaded.pg_ctl }
}

// Some package managers drop the executable bit. If it cannot be set, running the program will fail with the reason.
async function makeExecutable(file: string): Promise<void> {
  await access(file, constants.X_OK).catch(() => chmod(file, 0o755).catch(() => {}))
}
