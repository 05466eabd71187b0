import { CompactEncrypt } from 'jose'
import { describe, expect, test } from 'vitest'
import type { NamedKey } from '../config/key-ring.ts'
import { Secret } from '../config/secret.ts'
import { type Binding, createVault, keyIdOf } from './vault.ts'

const key = (kid: string, byte: number): NamedKey => ({ kid, bytes: new Uint8Array(32).fill(byte) })
const old = key('old', 1)
const young = key('young', 2)
const binding: Binding = { account: 'account-1', app: '@a/b', column: 'client-secret', generation: 7 }
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** Changes the first bit, because the last bits of a segment may be unused. */
const otherCharacter = (character: string) => alphabet[alphabet.indexOf(character) ^ 32] ?? 'A'
const refusal = expect.objectContaining({ reason: 'INTERNAL', detail: 'A sealed value does not open.' })

describe('invariant 9: a sealed value opens where it belongs and nowhere else', () => {
  test.each(['s3cr3t', 'ü😀', ' padded \n', 'x'.repeat(1_024)])('%j comes back unchanged', async (text) => {
    const vault = createVault([old])
    expect((await vault.open(await vault.seal(new Secret(text), binding), binding)).reveal()).toBe(text)
  })

  test.each<[string, Partial<Binding>]>([
    ['account', { account: 'account-2' }],
    ['app', { app: '@a/c' }],
    ['column', { column: 'access-token' }],
    ['generation', { generation: 8 }],
    ['generation as text', { generation: '7' as unknown as number }],
  ])('it does not open in a row of another %s', async (_title, change) => {
    const vault = createVault([old])
    const sealed = await vault.seal(new Secret('s3cr3t'), binding)
    await expect(vault.open(sealed, { ...binding, ...change })).rejects.toThrow(refusal)
  })

  test('each of its five parts is authenticated', async () => {
    const vault = createVault([old])
    const sealed = await vault.seal(new Secret('s3cr3t'), binding)
    for (let index = 0; index < sealed.length; index++) {
      const changed = `${sealed.slice(0, index)}${otherCharacter(sealed[index]!)}${sealed.slice(index + 1)}`
      await expect(vault.open(changed, binding), `changed at ${index}`).rejects.toThrow(refusal)
    }
  })

  test('a header for another row cannot be put before it', async () => {
    const vault = createVault([old])
    const mine = (await vault.seal(new Secret('s3cr3t'), binding)).split('.')
    const theirs = (await vault.seal(new Secret('other'), { ...binding, account: 'account-2' })).split('.')
    await expect(
      vault.open([theirs[0], ...mine.slice(1)].join('.'), { ...binding, account: 'account-2' }),
    ).rejects.toThrow(refusal)
  })

  test('the header names the key and where the value belongs, and nothing is readable of the value', async () => {
    const sealed = await createVault([young, old]).seal(new Secret('s3cr3t'), binding)
    const [header] = sealed.split('.')
    expect(JSON.parse(Buffer.from(header!, 'base64url').toString())).toEqual({
      alg: 'dir',
      enc: 'A256GCM',
      kid: 'young',
      ...binding,
    })
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('s3cr3t')
  })

  test('sealing the same value twice gives different results', async () => {
    const vault = createVault([old])
    expect(await vault.seal(new Secret('s3cr3t'), binding)).not.toBe(await vault.seal(new Secret('s3cr3t'), binding))
  })
})

describe('invariant 9: keys rotate', () => {
  test('the first key encrypts, all keys decrypt', async () => {
    const before = await createVault([old]).seal(new Secret('before'), binding)
    const both = createVault([young, old])
    const after = await both.seal(new Secret('after'), binding)

    expect((await both.open(before, binding)).reveal()).toBe('before')
    expect((await createVault([old, young]).open(after, binding)).reveal()).toBe('after')
    await expect(createVault([old]).open(after, binding)).rejects.toThrow(refusal)
  })

  test('a key with the same name but other bytes opens nothing', async () => {
    const sealed = await createVault([old]).seal(new Secret('s3cr3t'), binding)
    await expect(createVault([key('old', 9)]).open(sealed, binding)).rejects.toThrow(refusal)
  })

  test.each(['', 'garbage', 'a.b.c.d.e', `${'A'.repeat(100)}....`])(
    'what was never sealed does not open: %j',
    async (text) => {
      await expect(createVault([old]).open(text, binding)).rejects.toThrow(refusal)
    },
  )

  test('a value with a weaker or another algorithm does not open, even if the key is right', async () => {
    const sealed = await new CompactEncrypt(new Uint8Array(1))
      .setProtectedHeader({ alg: 'A256KW', enc: 'A256GCM', kid: 'old', ...binding })
      .encrypt(old.bytes)
    await expect(createVault([old]).open(sealed, binding)).rejects.toThrow(refusal)
  })
})

describe('invariant 9: wherever a sealed value is moved, it does not open', () => {
  const columns = Object.keys({
    'client-secret': true,
    'access-token': true,
    'callback-body': true,
    'held-callback': true,
    'signing-secret': true,
  } satisfies Record<Binding['column'], true>) as Binding['column'][]
  const places = ['account-1', 'account-2'].flatMap((account) =>
    ['@a/b', '@a/c'].flatMap((app) =>
      columns.flatMap((column) => [0, 1, 2].map((generation): Binding => ({ account, app, column, generation }))),
    ),
  )

  test('for every pair of columns and rows, each opens its own value and not the other’s', async () => {
    const vault = createVault([old])
    const sealed = await Promise.all(places.map((place) => vault.seal(new Secret(JSON.stringify(place)), place)))
    for (const place of places) {
      const opened = await Promise.allSettled(sealed.map((value) => vault.open(value, place)))
      const values = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value.reveal()] : []))
      expect(values).toEqual([JSON.stringify(place)])
    }
  })

  test('nor after it was re-encrypted there', async () => {
    const moved = await createVault([old]).seal(new Secret('s3cr3t'), binding)
    const vault = createVault([young, old])
    const resealed = await vault.reseal(moved)
    expect(keyIdOf(resealed)).toBe('young')
    expect((await vault.open(resealed, binding)).reveal()).toBe('s3cr3t')
    await expect(vault.open(resealed, { ...binding, account: 'account-2' })).rejects.toThrow(refusal)
  })

  test('a value that does not open is not re-encrypted', async () => {
    const sealed = await createVault([old]).seal(new Secret('s3cr3t'), binding)
    for (const broken of [sealed.replace(/.$/, otherCharacter), 'garbage', ''])
      await expect(createVault([young]).reseal(broken)).rejects.toThrow(refusal)
    await expect(createVault([young]).reseal(sealed)).rejects.toThrow(refusal)
  })
})
