import type { Config } from '../config/config.ts'
import { checkDriver } from './check-driver.ts'
import { startEmbeddedPostgres } from './embedded-postgres/index.ts'

export interface OpenDatabase {
  url: string
  /** For LISTEN and session locks. */
  directUrl: string
  /** Behind a transaction pooler. */
  pooled: boolean
  close(): Promise<void>
}

/**
 * The configured PostgreSQL, or else an embedded one in the data folder, which is started or joined.
 * @throws ConfigError if the driver is not the corrected one
 */
export async function openDatabase(
  { url, directUrl, embeddedDir }: Config['database'],
  say: (line: string) => void,
): Promise<OpenDatabase> {
  checkDriver()
  if (url) return { url, directUrl: directUrl ?? url, pooled: directUrl !== undefined, close: async () => {} }
  const embedded = await startEmbeddedPostgres({ dataDir: embeddedDir, log: say })
  return { url: embedded.url, directUrl: embedded.url, pooled: false, close: () => embedded.stop() }
}
