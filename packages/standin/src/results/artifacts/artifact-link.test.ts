import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createAdjustableClock } from '../../../test/adjustable-clock.ts'
import { createArtifactLinks } from './artifact-link.ts'

const artifactId = '11111111-2222-3333-4444-555555555555'
const key = (kid: string) => ({ kid, bytes: randomBytes(32) })
const first = key('first')
const second = key('second')
const purpose = 'standin/artifact-download'

function createLinks(keys: [typeof first, ...Array<typeof first>] = [first]) {
  const clock = createAdjustableClock()
  const links = createArtifactLinks({ keys, clock, publicUrl: () => 'https://standin.example.com' })
  const make = async () => (await links.make(artifactId)).url.split('/artifacts/')[1] ?? ''
  return { ...links, clock, makeLink: make }
}
const expired = expect.objectContaining({ reason: 'LINK_EXPIRED' })

test('a link names its file for a minute and not a second longer', async () => {
  const { make, makeLink, read, clock } = createLinks()
  const link = await makeLink()

  expect((await make(artifactId)).expiresAt).toBe(new Date(clock.now().getTime() + 60_000).toISOString())
  clock.advance(59_000)
  expect(await read(link)).toBe(artifactId)
  clock.advance(1_000)
  await expect(read(link)).rejects.toEqual(expired)
})

test('keys rotate: a link made with the key before still opens, one of a key that is gone does not', async () => {
  const before = await createLinks([first]).makeLink()

  expect(await createLinks([second, first]).read(before)).toBe(artifactId)
  await expect(createLinks([second]).read(before)).rejects.toEqual(expired)
})

describe('what is not a link is refused as an expired one', () => {
  const sign = ({
    kid = 'first',
    audience = purpose,
    expires = '2030-01-01',
    bytes = first.bytes as Uint8Array,
  } = {}) => {
    const jwt = new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid }).setSubject(artifactId).setAudience(audience)
    return (expires ? jwt.setExpirationTime(new Date(expires)) : jwt).sign(bytes)
  }

  test('the control: one that is signed for this purpose with this key opens', async () => {
    expect(await createLinks().read(await sign())).toBe(artifactId)
  })

  test.for([
    { title: 'another purpose', forge: () => sign({ audience: 'standin/something-else' }) },
    { title: 'another key under the same id', forge: () => sign({ bytes: second.bytes }) },
    { title: 'an unknown key', forge: () => sign({ kid: 'unknown' }) },
    { title: 'no end', forge: () => sign({ expires: '' }) },
    { title: 'no signature', forge: async () => `${(await sign()).split('.').slice(0, 2).join('.')}.` },
    { title: 'nonsense', forge: async () => 'nonsense' },
  ])('$title', async ({ forge }) => {
    await expect(createLinks().read(await forge())).rejects.toEqual(expired)
  })
})
