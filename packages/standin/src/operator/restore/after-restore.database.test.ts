import { afterAll, expect, test } from 'vitest'
import {
  account,
  type CallbackStack,
  createCallbackStack,
  installed,
  isDown,
  otherAccount,
  refuses,
  uninstalled,
} from '../../../test/callback-stack.ts'
import { copyDatabase } from '../../../test/copy-database.ts'
import { operate } from '../../../test/operate.ts'
import { createTestDatabase } from '../../../test/test-database.ts'
import { findCredentialsInForce } from '../../accounts/credentials-in-force.ts'
import { readInstallation } from '../../accounts/describe-installation.ts'
import { streamInstallationEvents } from '../../accounts/installation-events.ts'
import { connectDatabase } from '../../database/database.ts'
import { probe } from '../../database/probe.ts'

const thirdAccount = '33333333-3333-4333-8333-333333333333'
const fourthAccount = '44444444-4444-4444-8444-444444444444'
const database = await createTestDatabase()
const dropped: Array<() => Promise<void>> = [database.drop]
afterAll(async () => {
  for (const drop of dropped) await drop()
})

/** Uses a database until the callback returns, and leaves no session. */
async function using<Result>(url: string, work: (stack: CallbackStack) => Promise<Result>): Promise<Result> {
  const connection = connectDatabase(url, { pool: 4 })
  const stack = await createCallbackStack({ url, ...connection })
  try {
    return await work(stack)
  } finally {
    await stack.close()
    await connection.close()
  }
}

const standin = (stack: CallbackStack, ...argv: string[]) => operate(stack, [...argv, '--json'])
const clientOf = async ({ ctx }: CallbackStack, accountId: string) =>
  findCredentialsInForce(ctx, accountId).then(
    ({ clientId }) => clientId,
    ({ reason }) => reason,
  )
const stateOf = async ({ ctx }: CallbackStack, accountId: string) =>
  (await readInstallation(ctx, accountId)).described.state

/** What a reader of the feed gets first. */
async function firstEvent({ ctx }: CallbackStack, afterSeq: number) {
  const stop = new AbortController()
  for await (const event of streamInstallationEvents(ctx, {
    accounts: async () => 'all' as const,
    afterSeq,
    signal: stop.signal,
  })) {
    stop.abort()
    return event
  }
  return undefined
}

test('invariant 27: in yesterday’s backup no account is served before Trackunit accepts it again, and what was revoked is listed', async () => {
  const key = await using(database.url, async (stack) => {
    for (const [accountId, clientId] of [
      [account, 'client-leaves'],
      [otherAccount, 'client-stays'],
      [thirdAccount, 'client-returns'],
    ] as const)
      await stack.send(installed(clientId, { accountId }))
    while (await stack.prover.proveDue());
    await probe(stack.connection.sql, stack.clock, AbortSignal.timeout(60_000))
    const created = await standin(
      stack,
      'keys',
      'create',
      '--service',
      'reports',
      '--account',
      'all',
      '--scopes',
      'asset.view',
    )
    return JSON.parse(created.out).id as string
  })
  const backup = await copyDatabase(database)
  dropped.push(backup.drop)
  const lastSeen = await using(database.url, async (stack) => {
    await stack.send(uninstalled())
    await stack.send(uninstalled({ accountId: thirdAccount }))
    stack.clock.advance(1_000)
    await stack.send(installed('client-returned', { accountId: thirdAccount }))
    while (await stack.prover.proveDue());
    expect(await operate(stack, ['keys', 'revoke', key, '--yes'])).toMatchObject({ exitCode: 0 })
    expect(await firstEvent(stack, 0)).toMatchObject({ seq: 1, type: 'installed' })
    const [row] = await stack.connection.sql`select max(seq)::int as seq from installation_events`
    return row?.seq as number
  })

  await using(backup.url, async (stack) => {
    for (const left of ['client-leaves', 'client-returns']) stack.clients.set(left, refuses)
    expect(await standin(stack, 'database', 'after-restore')).toMatchObject({ exitCode: 2, out: '' })
    expect(await clientOf(stack, otherAccount)).toBe('client-stays') // So far it serves whoever asks it.
    // A service that has followed the feed is told, whether the command was run or not.
    expect(await firstEvent(stack, lastSeen)).toMatchObject({ type: 'reset', accountId: null })

    const restored = await standin(stack, 'database', 'after-restore', '--yes')

    expect(restored).toMatchObject({ exitCode: 0, said: '' })
    expect(JSON.parse(restored.out)).toMatchObject({
      knewUntil: expect.any(String),
      credentialsToProve: 3,
      runsEnded: 0,
      keys: [{ id: key, service: 'reports' }],
      grants: [{ service: 'reports', accountId: 'all' }],
      changes: expect.arrayContaining([expect.objectContaining({ event: 'service-key.created' })]),
    })
    expect(await stack.audit()).toContain('database.restored')
    expect(await operate(stack, ['audit', 'verify'])).toMatchObject({ exitCode: 0 })
    for (const accountId of [account, otherAccount, thirdAccount]) {
      expect(await clientOf(stack, accountId)).toBe('CREDENTIALS_PENDING')
      expect(await stateOf(stack, accountId)).toBe('pending')
    }

    while (await stack.prover.proveDue());
    expect(await clientOf(stack, otherAccount)).toBe('client-stays')
    expect(await stateOf(stack, otherAccount)).toBe('active')
    expect(await clientOf(stack, account)).toBe('CREDENTIALS_REJECTED')
    expect(await clientOf(stack, thirdAccount)).toBe('CREDENTIALS_REJECTED')

    // Its callback after the backup is lost; it installs again, or Trackunit sends it again.
    stack.clock.advance(60_000)
    await stack.send(installed('client-returned', { accountId: thirdAccount }))
    while (await stack.prover.proveDue());
    expect(await clientOf(stack, thirdAccount)).toBe('client-returned')
    expect(await clientOf(stack, account)).toBe('CREDENTIALS_REJECTED')

    const reset = await firstEvent(stack, lastSeen)
    expect(reset).toMatchObject({ type: 'reset', accountId: null })
    expect(reset?.seq).toBeGreaterThan(1e13)
    expect(await firstEvent(stack, reset?.seq ?? 0)).toMatchObject({
      type: expect.stringMatching(/^(active|installed|parked)$/),
    })
    expect(await firstEvent(stack, 0)).toMatchObject({ type: 'installed' })
  })
})

test('invariant 27: while Trackunit does not answer after a restore, no account is served and each one is probed again', async () => {
  await using(database.url, async (stack) => {
    await stack.send(installed('client-down', { accountId: fourthAccount }))
    await stack.prover.proveDue()
    await standin(stack, 'database', 'after-restore', '--yes')
    stack.clients.set('client-down', isDown)

    await stack.prover.proveDue()

    expect(await clientOf(stack, fourthAccount)).toBe('CREDENTIALS_PENDING')
    const [row] = await stack.rows(fourthAccount)
    expect(row).toMatchObject({ isUnconfirmed: true, nextAttemptAt: expect.any(Date) })
    stack.clients.delete('client-down')
    await stack.connection.sql`update credentials set next_attempt_at = now() - interval '1 second'`
    await stack.prover.proveDue()
    expect(await clientOf(stack, fourthAccount)).toBe('client-down')
  })
})
