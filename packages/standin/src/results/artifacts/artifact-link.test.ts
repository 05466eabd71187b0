import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { createAdjustableClock } from '../../../test/adjustable-clock.ts'
import { testConfig } from '../../../test/test-replica.ts'
import { createResultsMemory } from '../results-context.ts'
import { makeArtifactLink, readArtifactLink } from './artifact-link.ts'

const artifact = {
  id: '11111111-2222-3333-4444-555555555555',
  accountId: '22222222-2222-4222-8222-222222222222',
  reader: 'anna',
}
const key = (kid: string) => ({ kid, bytes: randomBytes(32) })
const first = key('first')
const second = key('second')
const purpose = 'standin/artifact-download'

function createLinks(keys: [typeof first, ...Array<typeof first>] = [first]) {
  const clock = createAdjustableClock()
  const STANDIN_LINK_KEYS = keys.map(({ kid, bytes }) => `${kid}:${bytes.toString('base64url')}`).join(',')
  const results = createResultsMemory({ publicUrl: () => 'https://standin.example.com' })
  const ctx = { config: testConfig({ environment: { STANDIN_LINK_KEYS } }), clock, results }
  return {
    clock,
    make: () => makeArtifactLink(ctx, artifact),
    read: (link: string) => readArtifactLink(ctx, link),
    makeLink: async () => (await makeArtifactLink(ctx, artifact)).url.split('/artifacts/')[1] ?? '',
  }
}
const expired = expect.objectContaining({ reason: 'LINK_EXPIRED' })

test('a link names its file for a minute and not a second longer', async () => {
  const { make, makeLink, read, clock } = createLinks()
  const link = await makeLink()

  expect((await make()).expiresAt).toBe(new Date(clock.now().getTime() + 60_000).toISOString())
  clock.advance(59_000)
  expect(await read(link)).toEqual(artifact)
  clock.advance(1_000)
  await expect(read(link)).rejects.toEqual(expired)
})

test('keys rotate: a link made with the previous key still opens, one made with a removed key does not', async () => {
  const before = await createLinks([first]).makeLink()

  expect(await createLinks([second, first]).read(before)).toEqual(artifact)
  await expect(createLinks([second]).read(before)).rejects.toEqual(expired)
})

describe('a forged link is refused as expired', () => {
  const sign = ({
    kid = 'first',
    audience = purpose,
    expires = '2030-01-01',
    bytes = first.bytes as Uint8Array,
    reader = artifact.reader,
  } = {}) => {
    const jwt = new SignJWT({ account: artifact.accountId, ...(reader && { reader }) })
      .setProtectedHeader({ alg: 'HS256', kid })
      .setSubject(artifact.id)
      .setAudience(audience)
    return (expires ? jwt.setExpirationTime(new Date(expires)) : jwt).sign(bytes)
  }

  test('the control: a link signed for this purpose with this key opens', async () => {
    expect(await createLinks().read(await sign())).toEqual(artifact)
    // While replicas are updated, the version before makes links as well.
    expect(await createLinks().read(await sign({ reader: '' }))).toEqual({ ...artifact, reader: '' })
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
