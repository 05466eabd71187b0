import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { databaseCertificate, expiredDatabaseCertificate } from '../../../test/database-certificates.ts'
import { receiverCertificate } from '../../../test/receiver-certificate.ts'
import { connectDatabase } from '../database.ts'
import { databaseTrouble } from '../database-trouble.ts'
import { readTls } from './read-tls.ts'

const folder = mkdtempSync(join(tmpdir(), 'standin-tls-'))
afterAll(() => rmSync(folder, { recursive: true }))
const fileOf = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const authority = fileOf('authority.pem', databaseCertificate.cert)
const expired = fileOf('expired.pem', expiredDatabaseCertificate.cert)
const ofAnother = fileOf('another.pem', receiverCertificate.cert)

/** Begins as PostgreSQL does, and tells a client that trusts its certificate that the password is wrong. */
async function listen(tls: { cert: string; key: string }): Promise<number> {
  const refusal = Buffer.from('SFATAL\0C28P01\0Mpassword authentication failed\0\0')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write('S')
      const secured = new TLSSocket(socket, { isServer: true, ...tls })
      secured.on('error', () => {})
      const head = Buffer.alloc(5)
      head.write('E')
      head.writeInt32BE(refusal.length + 4, 1)
      secured.once('data', () => secured.end(Buffer.concat([head, refusal])))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function troubleAt(address: string): Promise<string | undefined> {
  const { sql, close } = connectDatabase(address, { pool: 1 })
  onTestFinished(close)
  return databaseTrouble(await sql`select 1`.catch((error: unknown) => error))
}

test.for([
  { says: '(28P01)', host: '127.0.0.1', query: `sslmode=verify-full&sslrootcert=${authority}` },
  { says: '(28P01)', host: 'localhost', query: `sslmode=verify-full&sslrootcert=${authority}` },
  { says: '(28P01)', host: '127.0.0.1', query: 'sslmode=require' },
  { says: 'is not from an authority that is trusted here', host: '127.0.0.1', query: 'sslmode=verify-full' },
  {
    says: 'is not from an authority that is trusted here',
    host: '127.0.0.1',
    query: `sslmode=verify-ca&sslrootcert=${ofAnother}`,
  },
  {
    says: 'is not from an authority that is trusted here',
    host: '127.0.0.1',
    query: `sslmode=require&sslrootcert=${ofAnother}`,
  },
])('of a valid certificate, $host?$query says $says', async ({ says, host, query }) => {
  const port = await listen(databaseCertificate)
  expect(await troubleAt(`postgres://standin:pw@${host}:${port}/standin?${query}`)).toContain(says)
})

test('an expired certificate and one for another name are called that; verify-ca leaves the name out', async () => {
  const old = await listen(expiredDatabaseCertificate)
  expect(await troubleAt(`postgres://s@127.0.0.1:${old}/s?sslmode=verify-full&sslrootcert=${expired}`)).toContain(
    'has expired',
  )
  const other = await listen(receiverCertificate)
  const at = (mode: string) => troubleAt(`postgres://s@127.0.0.1:${other}/s?sslmode=${mode}&sslrootcert=${ofAnother}`)
  expect(await at('verify-full')).toContain('is for another name')
  expect(await at('verify-ca')).toContain('(28P01)')
})

test('a file that is not there and a mode that does not exist are named, and everything else stays as it was', () => {
  expect(() => readTls('postgres://h/d?sslmode=verify-full&sslrootcert=/nowhere.pem')).toThrow('sslrootcert')
  expect(() => readTls('postgres://h/d?sslmode=verify_full')).toThrow('sslmode is one of')
  for (const address of ['postgres://u:p%3F@a:1,b:2/d', 'postgres://h/d?host=/tmp/x&target_session_attrs=read-write'])
    expect(readTls(address)).toEqual({ url: address, options: {} })
  expect(readTls(`postgres://a,b/d?sslmode=verify-full&sslrootcert=${authority}&keep=1`)).toMatchObject({
    url: 'postgres://a,b/d?sslmode=verify-full&keep=1',
    options: { ssl: { ca: databaseCertificate.cert, rejectUnauthorized: true } },
  })
})
