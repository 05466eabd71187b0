import type { Destination } from '@standin/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkForm } from './check-destinations.ts'
import { isPublicAddress } from './public-address.ts'

const inside = [
  '127.0.0.1',
  '127.255.255.254',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254', // Cloud metadata.
  '100.64.0.1',
  '100.127.255.255',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  'fe80::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'localhost',
  '',
]
const outside = [
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450::1',
]

const check = (destination: Destination) => checkForm(destination, { sendsEmail: true })

test.for(inside)('%s is not on the internet', (address) => expect(isPublicAddress(address)).toBe(false))
test.for(outside)('%s is on the internet', (address) => expect(isPublicAddress(address)).toBe(true))

test('no address of a private block counts as public, however it is written', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  const blocks = fc.constantFrom([10], [127], [192, 168], [169, 254])
  fc.assert(
    fc.property(blocks, byte, byte, byte, (block, ...rest) => {
      const bytes = [...block, ...rest].slice(0, 4)
      const [a = 0, b = 0, c = 0, d = 0] = bytes
      const forms = [
        bytes.join('.'),
        String(((a << 24) | (b << 16) | (c << 8) | d) >>> 0),
        `0x${Buffer.from(bytes).toString('hex')}`,
        `[::ffff:${bytes.join('.')}]`,
      ]
      for (const host of forms) expect(() => check({ kind: 'webhook', url: `https://${host}/` }), host).toThrow()
    }),
    { numRuns: 50 },
  )
})

describe('a destination', () => {
  test.for([
    'https://localhost/x',
    'https://api.localhost/x',
    'https://printer.local/',
    'https://metadata.google.internal/',
    'https://intranet/',
    'https://127.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest',
    'https://user:pass@receiver.example/',
    'https://receiver.example/#part',
    'http://receiver.example/',
  ])('%s is refused', (url) => {
    expect(() => check({ kind: 'webhook', url })).toThrow(expect.objectContaining({ reason: 'INPUT_INVALID' }))
  })

  test('a public https address is accepted, and an email address if the server sends email', () => {
    check({ kind: 'webhook', url: 'https://receiver.example:8443/hook?key=1' })
    const email = { kind: 'email', address: 'a@example.com', file: 'none' } as const
    check(email)
    expect(() => checkForm(email, { sendsEmail: false })).toThrow(
      expect.objectContaining({ detail: expect.stringContaining('SMTP_URL') }),
    )
  })
})
