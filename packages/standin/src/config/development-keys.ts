import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'
import { type KeyRing, keyRingSchema } from './key-ring.ts'

const storedKeysSchema = z.object({ encryption: keyRingSchema, links: keyRingSchema })

/** A laptop gets keys of its own on the first start, in the data folder, readable by its owner alone. */
export function developmentKeys(dataDir: string, say: (line: string) => void): { encryption: KeyRing; links: KeyRing } {
  const file = join(dataDir, 'keys.json')
  const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`
  const draft = `${file}.${process.pid}`
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    if (!existsSync(file)) {
      writeFileSync(draft, JSON.stringify({ encryption: key('development'), links: key('development-links') }), {
        mode: 0o600,
      })
      try {
        // A link appears whole and fails where the name is taken: of two first starts at once, both read the same keys.
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
    return storedKeysSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    throw new ConfigError([`${file} does not hold keys. Put it back, or remove the data folder to start anew.`])
  }
}
