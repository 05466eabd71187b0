import { join, resolve } from 'node:path'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

/** The paths of one embedded PostgreSQL. */
export interface EmbeddedFolder {
  /** Created whole in one step, so that a folder that exists can be used. */
  readonly root: string
  /** PostgreSQL's own data directory. */
  readonly cluster: string
  readonly credentials: string
  readonly log: string
}

// PostgreSQL cuts paths at 1024 bytes (MAXPGPATH); the longest name below the cluster and the .new- suffix need the rest.
const maxPathBytes = 900

export function embeddedFolder(dataDir: string): EmbeddedFolder {
  const root = join(resolve(dataDir), 'postgres')
  if (Buffer.byteLength(root) > maxPathBytes)
    throw new EmbeddedPostgresError(
      `The path of the data folder is longer than PostgreSQL can take (${maxPathBytes} bytes): choose a shorter one`,
    )
  return {
    root,
    cluster: join(root, 'cluster'),
    credentials: join(root, 'credentials.json'),
    log: join(root, 'postgres.log'),
  }
}
