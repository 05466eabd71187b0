import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'
import { type KeyRing, keyRingSchema } from './key-ring.ts'

export interface DevelopmentKeys {
  encryption: KeyRing
  links: KeyRing
  audit: KeyRing
}

/**
 * On its first start a laptop gets keys of its own, in the data folder, which only their owner can read. The audit's are in
 * a separate file, so that access to the encryption keys does not allow forging audit entries.
 */
export function developmentKeys(dataDir: string, say: (line: string) => void): DevelopmentKeys {
  const sealed = keysOf(dataDir, 'keys.json', { encryption: 'development', links: 'development-links' }, say)
  const { audit } = keysOf(dataDir, 'audit-keys.json', { audit: 'development-audit' }, () => {})
  return { ...sealed, audit }
}

/** The keys of a file, which is created if it is missing. @param kids the names of the keys, by their use */
function keysOf<For extends string>(
  dataDir: string,
  name: string,
  kids: Record<For, string>,
  say: (line: string) => void,
): Record<For, KeyRing> {
  const file = join(dataDir, name)
  const purposes = Object.keys(kids) as For[]
  const made = () =>
    Object.fromEntries(
      purposes.map((purpose) => [purpose, `${kids[purpose]}:${randomBytes(32).toString('base64url')}`]),
    )
  const draft = `${file}.${process.pid}`
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    if (!existsSync(file)) {
      writeFileSync(draft, JSON.stringify(made()), { mode: 0o600 })
      try {
        // A link is atomic and fails if the name is taken, so that two first starts at once read the same keys.
        linkSync(draft, file)
      } finally {
        rmSync(draft, { force: true })
      }
      say(`No STANDIN_ENCRYPTION_KEYS: made keys for development in ${file}.`)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST' && existsSync(file))) {
      throw new ConfigError([`The data folder ${dataDir} cannot be written. Name another with STANDIN_DATA_DIR.`])
    }
  }
  try {
    const stored = z.record(z.string(), keyRingSchema).parse(JSON.parse(readFileSync(file, 'utf8')))
    if (purposes.every((purpose) => stored[purpose])) return stored as Record<For, KeyRing>
  } catch {
    // Reported below.
  }
  throw new ConfigError([`${file} does not hold keys. Restore it, or delete the data folder to start over.`])
}
