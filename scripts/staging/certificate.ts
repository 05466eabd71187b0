import { execFileSync } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  /** Of this machine, and not loopback by its name: production settings refuse that. */
  host: string
  /** The file for NODE_EXTRA_CA_CERTS. */
  caFile: string
  cert: Buffer
  key: Buffer
}

/**
 * Makes a certificate that only this machine trusts, valid for a month.
 * @throws Error where there is no openssl, or this machine has no name and no address
 */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const host = await ownHost()
  const [caFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'certificate-key.pem')]
  const names = `subjectAltName=${/^[\d.]+$/.test(host) ? 'IP' : 'DNS'}:${host}`
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', keyFile]
  const subject = ['-days', '30', '-subj', '/CN=Standin staging', '-addext', names]
  try {
    execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', caFile], { stdio: 'pipe' })
  } catch (error) {
    throw new Error('openssl is needed to make a certificate for this machine. Install it, then start again.', {
      cause: error,
    })
  }
  return { host, caFile, cert: readFileSync(caFile), key: readFileSync(keyFile) }
}

async function ownHost(): Promise<string> {
  const isKnown = await lookup(hostname()).then(
    () => true,
    () => false,
  )
  if (isKnown && hostname() !== 'localhost') return hostname().toLowerCase()
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)
  if (outside) return outside.address
  throw new Error(
    'This machine has no name and no address but loopback, which production settings refuse. Connect it to a network.',
  )
}
