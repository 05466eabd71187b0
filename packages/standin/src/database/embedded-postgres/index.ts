import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { type Binaries, findBinaries } from './binaries.ts'
import { copyBinaries } from './binaries-copy.ts'
import { childEnvironment } from './child-environment.ts'
import { applicationUrl, type ClusterCredentials, readCredentials, superuserUrl } from './credentials-file.ts'
import { type EmbeddedFolder, embeddedFolder } from './embedded-folder.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { asEmbeddedPostgresError } from './failure-line.ts'
import { initialiseCluster } from './initialise-cluster.ts'
import { freePort, launchPostmaster } from './launch-postmaster.ts'
import { choosePostgresAccount } from './postgres-account.ts'
import { createRunAs, mayUseNamespace, type RunAs } from './run-as.ts'
import { stayAttached } from './stay-attached.ts'

export { EmbeddedPostgresError }

export interface EmbeddedPostgresOptions {
  /** Standin's data folder; PostgreSQL uses `postgres` in it. Created if it does not exist. */
  readonly dataDir: string
  /** `false` only for tests: faster, but a power cut loses the data. Applies to the process that starts the server. */
  readonly durable?: boolean
  /** Called with a line for people when something noteworthy happens. */
  readonly log?: (line: string) => void
}

export interface EmbeddedPostgres extends AsyncDisposable {
  /** Database `standin` as the role `standin`, its owner and no superuser. Stays the same while this process is attached. */
  readonly url: string
  /** Database `postgres` as superuser: for tests and for taking a copy, never for the server. */
  readonly adminUrl: string
  /** Stops PostgreSQL if no other process is attached, and otherwise only detaches. May be called twice. */
  stop(): Promise<void>
}

/**
 * Starts a PostgreSQL for Standin in a data folder, or attaches to the one that another process started there. If it dies, an
 * attached process restarts it on the same port. It outlives a process that was killed.
 * @throws EmbeddedPostgresError with one line that says what to do
 */
export async function startEmbeddedPostgres({
  dataDir,
  durable = true,
  log = () => {},
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = embeddedFolder(dataDir)
  try {
    const credentials = (await readCredentials(folder)) ?? (await initialise(folder, { durable, log }))
    const { port, stop } = await stayAttached({
      folder,
      credentials,
      launch: async (port) => {
        const { binaries, runAs } = await choosePrograms(folder)
        return launchPostmaster({ folder, binaries, runAs, durable, port: port ?? (await freePort()) })
      },
      log,
    })
    return {
      url: applicationUrl(credentials, port),
      adminUrl: superuserUrl(credentials, port),
      stop,
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    throw asEmbeddedPostgresError(error, folder.root)
  }
}

interface Options {
  readonly durable: boolean
  readonly log: (line: string) => void
}

async function initialise(folder: EmbeddedFolder, { durable, log }: Options): Promise<ClusterCredentials> {
  log(`Making an embedded PostgreSQL in ${folder.root}`)
  const programs = await choosePrograms(folder)
  await initialiseCluster({ folder, ...programs, durable, randomBytes, now: () => new Date() })
  const credentials = await readCredentials(folder)
  if (credentials) return credentials
  throw new EmbeddedPostgresError(
    `${folder.root} exists without ${folder.credentials}: restore that file, remove the folder to begin with an empty database`,
  )
}

async function choosePrograms(folder: EmbeddedFolder): Promise<{ binaries: Binaries; runAs: RunAs }> {
  const binaries = await findBinaries(process)
  // biome-ignore lint/style/noProcessEnv: read only to keep everything but the path from the child
  const environment = childEnvironment(process.env)
  const account = await choosePostgresAccount({
    uid: process.getuid?.(),
    platform: process.platform,
    owner: await stat(folder.cluster).catch(() => undefined),
    mayUseNamespace: () => mayUseNamespace(binaries.postgres, environment),
  })
  const runAs = createRunAs(account, environment)
  return { binaries: account.type === 'other' ? await copyBinaries(binaries) : binaries, runAs }
}
