import { describe, expect, test } from 'vitest'
import { installed, prepareCallbackStacks } from '../../test/callback-stack.ts'
import { operate } from '../../test/operate.ts'
import { createListener } from '../database/listen.ts'
import { saveKeyReader } from '../secrets/key-reader-store.ts'

const createStack = prepareCallbackStacks()
const young = `young:${'Y'.repeat(42)}A`

/** One value, encrypted with the key `first`. The operator has both keys and by default encrypts with `young`. */
async function withOneValue() {
  const stack = await createStack()
  await stack.send(installed('client-a'), { at: 1 })
  const standin = (argv: string[], keys = `${young},${stack.ringText}`) =>
    operate(stack, ['encryption-keys', ...argv], { encryptionKeys: keys })
  return { stack, standin }
}

describe('invariant 9: the operator replaces a key', () => {
  test('list, re-encrypt, check: the steps in order', async () => {
    const { stack, standin } = await withOneValue()
    expect(JSON.parse((await standin(['list', '--json'])).out)).toMatchObject([
      { key: 'young', writes: true, values: 0, replicas: 0 },
      { key: 'first', writes: false, configured: true, values: 1 },
    ])
    const tooEarly = await standin(['check-unused', 'first'])
    expect(tooEarly).toMatchObject({ exitCode: 1, out: '' })
    expect(tooEarly.said).toBe('1 sealed values still need the key "first": run "encryption-keys reencrypt".\n')

    expect(await standin(['reencrypt'])).toMatchObject({ exitCode: 0, out: '1\n' })

    expect(JSON.parse((await standin(['reencrypt', '--json'])).out)).toEqual({
      key: 'young',
      resealed: 0,
      unreadable: 0,
      left: 0,
    })
    expect(await standin(['check-unused', 'first'])).toMatchObject({ exitCode: 0 })
    expect((await standin(['list'])).out).toMatch(/^KEY +HERE +VALUES .*\nyoung +first +1 /)
    expect(await standin(['check-unused', 'young'])).toMatchObject({ exitCode: 1 })
    expect(await stack.dump()).not.toContain('YYYY')
  })

  test('a key that a running replica lacks is not used, and a key that a replica writes with is not retired', async () => {
    const { stack, standin } = await withOneValue()
    const replica = createListener(stack.url)
    await replica.on('run_event', () => {})
    await saveKeyReader(stack.db, { replicaId: replica.replica.id() ?? 0, writes: 'first', reads: ['first'] })

    const refused = await standin(['reencrypt'])
    const kept = await standin(['check-unused', 'first'])
    await replica.close()

    expect(refused).toMatchObject({ exitCode: 1, out: '' })
    expect(refused.said).toMatch(/^1 of 1 running replicas lack the key "young"/)
    expect(kept.said.split('\n')).toHaveLength(3)
    expect(kept.said).toMatch(/1 of 1 running replicas still write with the key "first"/)
  })

  test('values that no key opens are reported, and exit with 1', async () => {
    const { standin } = await withOneValue()
    const { said, exitCode } = await standin(['reencrypt'], young)
    expect(exitCode).toBe(1)
    expect(said).toMatch(/1 values are opened by no key/)
  })

  test('an unknown key is a typo', async () => {
    const { standin } = await withOneValue()
    const { said, exitCode } = await standin(['check-unused', 'firts\u001b[0m'])
    expect(exitCode).toBe(1)
    expect(said).toMatch(/The key "firts\?\[0m" is unknown/)
  })
})
