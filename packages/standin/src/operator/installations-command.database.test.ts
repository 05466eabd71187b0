import { describe, expect, test } from 'vitest'
import {
  account,
  installed,
  otherAccount,
  prepareCallbackStacks,
  refuses,
  uninstalled,
} from '../../test/callback-stack.ts'
import { operate } from '../../test/operate.ts'
import { findCredentialsInForce } from '../accounts/credentials-in-force.ts'

const createStack = prepareCallbackStacks()

/** `client-a` is in force; `client-b`, which is not bound, waits. */
async function waiting() {
  const stack = await createStack()
  for (const [clientId, at, bound] of [
    ['client-a', 1, true],
    ['client-b', 2, false],
  ] as const) {
    await stack.send(installed(clientId), { at, bound })
    await stack.prover.proveDue()
  }
  const inForce = async () => (await findCredentialsInForce(stack.ctx, account)).clientId
  return { stack, inForce, standin: (...argv: string[]) => operate(stack, ['installations', ...argv]) }
}

test('list and show report what is in force, what waits and why, and never a secret', async () => {
  const { stack, standin } = await waiting()
  await stack.send(uninstalled(), { at: 3, bound: false })
  await stack.connection.sql`update installations set uninstall_signalled_at = now()` // The command's clock is the real one.

  const shown = await Promise.all([standin('list'), standin('list', '--json'), standin('show', account)])
  const { out: json } = await standin('show', account, '--json')

  for (const { out, exitCode } of shown)
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: expect.stringContaining(account) })
  expect(shown[2].out).toMatch(/uninstall signalled/)
  expect(shown[2].out).toMatch(/generation 2 {2}awaiting-approval .* client client-b .*not bound/)
  expect(JSON.parse(json)).toMatchObject({
    state: 'active',
    generation: 1,
    uninstallSignalledAt: expect.any(String),
    waiting: [{ generation: 2, state: 'awaiting-approval' }],
    generations: [
      { generation: 2, clientId: 'client-b', bound: false, kept: true },
      { generation: 1, clientId: 'client-a', bound: true, kept: true },
    ],
  })
  expect(json + shown.map(({ out }) => out).join('')).not.toMatch(/s3cr3t|eyJ/)
})

test('list reads on after an account, or one state, and says that there are more; show knows no unknown account', async () => {
  const { stack, standin } = await waiting()
  await stack.send(installed('client-c', { accountId: otherAccount }), { claims: { accountId: otherAccount } })
  const ids = ({ out }: { out: string }) => JSON.parse(out).map(({ accountId }: { accountId: string }) => accountId)
  const [first = '', second = ''] = [account, otherAccount].sort()

  const page = await standin('list', '--limit', '1', '--json')
  expect([ids(page), page.said]).toEqual([[first], `There are more: add --after ${first}\n`])
  const rest = await standin('list', '--after', first, '--limit', '1', '--json')
  expect([ids(rest), rest.said]).toEqual([[second], ''])
  expect(ids(await standin('list', '--state', 'active', '--json'))).toEqual([account])
  expect((await standin('list')).out).toMatch(/^ACCOUNT +STATE +REASON /)

  const unknown = '99999999-9999-4999-8999-999999999999'
  expect(await standin('show', unknown)).toMatchObject({ exitCode: 1, out: '' })
})

test('show reports the attempts of credentials that do not work yet', async () => {
  const stack = await createStack()
  stack.clients.set('client-a', refuses)
  await stack.send(installed('client-a'), { at: 1 })
  await stack.prover.proveDue()
  const { out } = await operate(stack, ['installations', 'show', account])
  expect(out).toMatch(
    /tried 1 times {2}last 2025-03-01T12:00:00.000Z {2}next 2025-03-01T12:00:02.000Z {2}given up 2025-/,
  )
})

describe('decisions of the operator', () => {
  test('approve brings waiting credentials into force', async () => {
    const { standin, inForce } = await waiting()
    const { out, said, exitCode } = await standin('approve', account, '2', '--json')
    expect(exitCode).toBe(0)
    expect(said).toContain('in force')
    expect(JSON.parse(out)).toMatchObject({ state: 'active', generation: 2, waiting: [] })
    expect(await inForce()).toBe('client-b')
  })

  test('refuse keeps the credentials in force', async () => {
    const { standin, inForce } = await waiting()
    expect((await standin('refuse', account, '2')).out).toMatch(/generation 2 {2}rejected/)
    expect(await inForce()).toBe('client-a')
  })

  test('rollback goes back to replaced credentials, as a new generation', async () => {
    const { stack, standin, inForce } = await waiting()
    await standin('approve', account, '2')
    const { out } = await standin('rollback', account, '1', '--json')
    expect(JSON.parse(out).generations[0]).toMatchObject({ generation: 3, state: 'pending', clientId: 'client-a' })
    await stack.prover.proveDue()
    expect(await inForce()).toBe('client-a')
  })

  test('release ends a quarantine', async () => {
    const { stack, standin } = await waiting()
    await stack.send(installed('client-a', { accountId: otherAccount }), { claims: { accountId: otherAccount } })
    expect((await standin('release', otherAccount, '1', '--json')).out).toContain('"state":"pending"')
    await stack.prover.proveDue()
    expect((await standin('show', otherAccount)).out).toMatch(/ active /)
  })

  test('invariant 8: restore and dismiss bring back what an uninstall stopped', async () => {
    const { stack, standin, inForce } = await waiting()
    expect(await standin('restore', account)).toMatchObject({ exitCode: 1, out: '' })
    await stack.send(uninstalled(), { at: 3 })
    expect((await standin('show', account)).out).toMatch(/ suspended .*\n.*uninstall signalled.*\n.*erased at/)

    expect(JSON.parse((await standin('restore', account, '--json')).out)).toMatchObject({ state: 'active' })
    expect(await inForce()).toBe('client-a')
    await stack.send(uninstalled(), { at: 4 })
    expect(JSON.parse((await standin('dismiss', account, '--json')).out)).toMatchObject({ state: 'active' })
    expect(await inForce()).toBe('client-a')
  })

  test('erase requires --yes, and leaves no secret', async () => {
    const { stack, standin } = await waiting()
    const asked = await standin('erase', account)
    expect(asked).toMatchObject({ exitCode: 2, out: '' })
    expect(asked.said).toContain('--yes')
    expect(await stack.dump()).toContain('eyJ')

    const { out, exitCode } = await standin('erase', account, '--yes', '--json')

    expect({ exitCode, state: JSON.parse(out).state }).toEqual({ exitCode: 0, state: 'uninstalled' })
    expect(await stack.dump()).not.toContain('eyJ')
    expect(await stack.audit()).toContain('installation.uninstalled')
  })

  test.each([
    ['approve', account, '1'],
    ['refuse', account, '1'],
    ['release', account, '2'],
    ['rollback', account, '1'],
    ['rollback', account, '9'],
    ['approve', otherAccount, '1'],
    ['erase', otherAccount, '--yes'],
  ])('%s %s %s fails, and changes nothing', async (...argv) => {
    const { stack, standin } = await waiting()
    const before = await stack.dump()
    const { out, said, exitCode } = await standin(...argv)
    expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 })
    expect(said).toMatch(/^(INPUT_INVALID|INSTALLATION_NOT_FOUND): /)
    expect(await stack.dump()).toBe(before)
  })

  test.each([
    ['approve', 'me', '1'],
    ['approve', account, '0'],
    ['refuse', account],
    ['erase', 'all', '--yes'],
  ])('%s %s %s is a usage error', async (...argv) => {
    const { standin } = await waiting()
    expect(await standin(...argv)).toMatchObject({ out: '', exitCode: 2 })
  })
})
