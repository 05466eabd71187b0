import { readFile, writeFile } from 'node:fs/promises'
import type { EmbeddedFolder } from './embedded-folder.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** Passwords are base64url: they need no quoting in SQL or in an address. */
export interface ClusterCredentials {
  readonly superuserPassword: string
  readonly applicationPassword: string
}

export const superuser = 'postgres'
/** The role that the server connects as, and the database that it owns. */
export const application = 'standin'

export function generateCredentials(randomBytes: (size: number) => Buffer): ClusterCredentials {
  return {
    superuserPassword: randomBytes(24).toString('base64url'),
    applicationPassword: randomBytes(24).toString('base64url'),
  }
}

export async function writeCredentials(path: string, credentials: ClusterCredentials): Promise<void> {
  await writeFile(path, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flush: true })
}

/** `undefined` when nothing was initialised there yet. */
export async function readCredentials(folder: EmbeddedFolder): Promise<ClusterCredentials | undefined> {
  const text = await readFile(folder.credentials, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const credentials = parse(text)
  if (!credentials)
    throw new EmbeddedPostgresError(
      `${folder.credentials} does not hold the two passwords of the embedded PostgreSQL: restore it, remove ${folder.root} to begin with an empty database`,
    )
  return credentials
}

function parse(text: string): ClusterCredentials | undefined {
  try {
    const { superuserPassword, applicationPassword } = JSON.parse(text)
    if (typeof superuserPassword !== 'string' || typeof applicationPassword !== 'string') return undefined
    return { superuserPassword, applicationPassword }
  } catch {
    return undefined
  }
}

export function applicationUrl(credentials: ClusterCredentials, port: number, database: string = application): string {
  return `postgres://${application}:${credentials.applicationPassword}@127.0.0.1:${port}/${database}`
}

export function superuserUrl(credentials: ClusterCredentials, port: number): string {
  return `postgres://${superuser}:${credentials.superuserPassword}@127.0.0.1:${port}/postgres`
}
