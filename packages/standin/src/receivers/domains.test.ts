import { domainName, isInDomains } from '@standin/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { whyNotToTrust } from './domain-to-trust.ts'

const label = fc.stringMatching(/^[a-z\d]([a-z\d-]{0,8}[a-z\d])?$/).filter((text) => !/^..--/.test(text))
const domain = fc.tuple(label, label, fc.constantFrom('dk', 'com', 'example')).map((labels) => labels.join('.'))

describe('a domain', () => {
  test.for([
    ['acme.dk', 'acme.dk'],
    ['ACME.dk', 'acme.dk'],
    ['acme.dk.', 'acme.dk'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['аcme.dk', 'xn--cme-5cd.dk'], // The first letter is Cyrillic.
  ])('%s is known as %s', ([written = '', known]) => expect(domainName(written)).toBe(known))

  test.for([
    '',
    'dk',
    'localhost',
    'acme.dk..',
    '.acme.dk',
    'acme..dk',
    '*.acme.dk',
    'acme.dk/x',
    'acme.dk:443',
    'a@acme.dk',
    '1.2.3.4',
    '0x7f.1',
    '127.1',
    '[::1]',
    'https://acme.dk',
    'acme .dk',
    'acme.dk\n',
    '-acme.dk',
    'acme_x.dk',
    `${'a'.repeat(64)}.dk`,
  ])('%j is none', (written) => expect(domainName(written)).toBeUndefined())

  test('covers itself and what is below it, however the host is written', () => {
    fc.assert(
      fc.property(domain, fc.option(label), fc.boolean(), fc.boolean(), (trusted, below, isUpper, hasDot) => {
        const host = `${below === null ? '' : `${below}.`}${trusted}${hasDot ? '.' : ''}`
        expect(isInDomains(isUpper ? host.toUpperCase() : host, [trusted])).toBe(true)
      }),
    )
  })

  test('covers no host that only looks like it, holds it or is above it', () => {
    const twins: Record<string, string> = { a: 'а', e: 'е', o: 'о', c: 'с', p: 'р', i: 'і', 0: 'о', 1: 'l', l: '1' }
    fc.assert(
      fc.property(domain, label, (trusted, other) => {
        const [first = ''] = trusted
        const above = trusted.slice(trusted.indexOf('.') + 1)
        const lookAlikes = [
          `${other}${trusted}`,
          `${trusted}.${other}.dk`,
          `${trusted}-${other}.dk`,
          `${other}-${trusted}`,
          above,
          ...(twins[first] ? [`${twins[first]}${trusted.slice(1)}`] : []),
          `${other}@${trusted}`,
          `${trusted}/.${other}`,
          `${trusted}\0`,
          `*.${trusted}`,
          `${trusted}:443`,
        ]
        for (const host of lookAlikes) expect(isInDomains(host, [trusted]), host).toBe(false)
      }),
    )
  })
})

describe('a domain that an account may not trust', () => {
  test.for(['com', 'co.uk', 'github.io', 'azurewebsites.net'])('%s, below which anybody can have a name', (each) => {
    for (const kind of ['email', 'webhook'] as const)
      expect(whyNotToTrust(kind, each)).toContain('Anybody can register')
  })
  test.for(['gmail.com', 'hotmail.dk', 'outlook.com', 'mx.gmail.com'])(
    '%s, where anybody can have an address',
    (each) => {
      expect(whyNotToTrust('email', each)).toContain('Anybody can have an address')
    },
  )
  test.for(['acme.dk', 'mail.acme.co.uk', 'acme.github.io', 'xn--bcher-kva.example'])('%s is not one', (each) => {
    for (const kind of ['email', 'webhook'] as const) expect(whyNotToTrust(kind, each)).toBeUndefined()
  })
})
