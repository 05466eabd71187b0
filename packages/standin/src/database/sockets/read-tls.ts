import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { ConfigError } from '../../config/config-error.ts'
import { namesOneHost } from './open-socket.ts'

/** What the driver is given: an address without what it would send on to PostgreSQL, and its option `ssl`. */
interface DriverAddress {
  url: string
  /** Empty: what the address says is enough. */
  options: { ssl?: ConnectionOptions }
}

const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']

/**
 * Reads of a database's address what `psql` and `pg_dump` read of it as well, and the driver does not know: `sslrootcert`,
 * `sslcert`, `sslkey`, and `sslmode=verify-ca`.
 * @throws ConfigError for an unknown `sslmode`, or a file that cannot be read
 * @see https://www.postgresql.org/docs/18/libpq-ssl.html
 */
export function readTls(address: string): DriverAddress {
  const [place = '', query] = address.split('?', 2)
  const given = new URLSearchParams(query)
  if (![...given.keys()].some((name) => name.startsWith('ssl'))) return { url: address, options: {} }
  const mode = given.get('sslmode')
  if (mode !== null && !modes.includes(mode))
    throw new ConfigError([`DATABASE_URL: sslmode is one of ${modes.join(', ')}.`])
  const files = { ca: read(given, 'sslrootcert'), cert: read(given, 'sslcert'), key: read(given, 'sslkey') }
  const known = Object.fromEntries(Object.entries(files).filter(([, file]) => file !== undefined))
  const isVerified = mode?.startsWith('verify-') || (mode === 'require' && files.ca !== undefined)
  const url = given.size === 0 ? place : `${place}?${given}`
  if (!isVerified && (mode !== 'require' || files.cert === undefined)) return { url, options: {} }
  const ssl: ConnectionOptions = {
    ...known,
    rejectUnauthorized: isVerified === true,
    // For an IP address there is no server name, and Node would compare the certificate with `localhost`.
    ...(namesOneHost(address) && { host: new URL(address).hostname }),
    ...(mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
  }
  return { url, options: { ssl } }
}

/** Takes a file's name out of the address. `system` means the authorities that Node trusts. */
function read(given: URLSearchParams, name: string): string | undefined {
  const file = given.get(name)
  given.delete(name)
  if (file === null || file === 'system') return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new ConfigError([`DATABASE_URL: the file that ${name} names cannot be read.`])
  }
}
