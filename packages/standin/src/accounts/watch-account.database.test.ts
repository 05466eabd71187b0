import type { AccountChange, Installation } from '@standin/contracts'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  account,
  type CallbackStack,
  installed,
  otherAccount,
  prepareCallbackStacks,
  refuses,
  works,
} from '../../test/callback-stack.ts'
import { patiently } from '../../test/patiently.ts'
import { withoutPolling } from '../../test/without-polling.ts'
import { createAccessMemory } from '../access/access-context.ts'
import type { UserCaller } from '../access/caller.ts'
import { inTransaction } from '../context.ts'
import { createListener } from '../database/listen.ts'
import { contracted, router } from '../http/trpc.ts'
import { noteInstallationChange, noteRunsChange } from './account-changes.ts'
import { lockInstallation } from './account-store.ts'
import { createAccountsMemory } from './accounts-context.ts'
import { approveCredentials } from './decide-credentials.ts'
import { installationProcedures } from './installation-procedures.ts'
import { proveDueCredentials } from './prove-credentials.ts'
import { uninstall } from './uninstall.ts'

const createStack = prepareCallbackStacks()

withoutPolling()
const open: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** The changes that an open page gets from a replica. */
async function watch(
  { url, ctx: ctxOfStack, clock }: CallbackStack,
  {
    accountId = account,
    lastEventId,
    livesMs = 3_600_000,
  }: { accountId?: string; lastEventId?: string; livesMs?: number } = {},
) {
  const noAccount = async () => undefined
  const ctx = {
    ...ctxOfStack,
    access: createAccessMemory(ctxOfStack),
    accounts: createAccountsMemory(ctxOfStack.accounts),
    http: { accountOfRun: noAccount, accountOfSchedule: noAccount, accountOfArtifact: noAccount },
  }
  const listener = createListener(url)
  open.push(listener.close)
  for (const [channel, note] of [
    ['installation_changed', noteInstallationChange],
    ['credentials_changed', noteInstallationChange],
    ['token_changed', noteInstallationChange],
    ['runs_changed', noteRunsChange],
  ] as const)
    await listener.on(
      channel,
      (payload) => note(ctx, payload),
      () => note(ctx),
    )
  const anna: UserCaller = {
    kind: 'user',
    id: 'anna',
    name: 'Anna',
    accountId,
    scopes: [],
    expiresAt: new Date(clock.now().getTime() + livesMs),
  }
  const api = router(installationProcedures(ctx, contracted(ctx))).createCaller({
    requestId: 'test',
    authenticate: async () => anna,
  })
  const changes = await api.watch({ accountId, ...(lastEventId && { lastEventId }) })
  const told: Array<'runs' | Installation['state']> = []
  const installations: Installation[] = []
  const ended = (async () => {
    for await (const [, change] of changes as AsyncIterable<[string, AccountChange, symbol]>) {
      if (change.type === 'installation') installations.push(change.installation)
      told.push(change.type === 'installation' ? change.installation.state : 'runs')
    }
  })().then(
    () => 'ended',
    () => 'cut',
  )
  const leave = (changes as AsyncGenerator).return.bind(changes)
  open.push(() => Promise.race([leave(undefined), Promise.resolve()]))
  return { told, installations, ended, tryNow: () => api.tryNow({ accountId }) }
}

async function uninstallAccount({ ctx, clock }: CallbackStack): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const installation = await lockInstallation(tx.db, account)
    const issuedAt = new Date(clock.now().getTime() + 60_000)
    await uninstall(tx, { installation, issuedAt, actor: { kind: 'trackunit', id: 'test' } })
  })
}

describe('a page that watches an account', () => {
  test('sees each step of its installation at once: the first minute, new access, its approval, the removal', async () => {
    const stack = await createStack()
    const page = await watch(stack)
    await vi.waitFor(() => expect(page.told).toEqual(['none', 'runs']), patiently)

    await stack.send(installed('client-a'), { at: 1 })
    await vi.waitFor(() => expect(page.told.at(-1)).toBe('pending'), patiently)
    await proveDueCredentials(stack.ctx)
    await vi.waitFor(() => expect(page.told.at(-1)).toBe('active'), patiently)

    await stack.send(installed('client-b'), { at: 2, bound: false })
    await proveDueCredentials(stack.ctx)
    await vi.waitFor(
      () => expect(page.installations.at(-1)?.waiting).toMatchObject([{ state: 'awaiting-approval' }]),
      patiently,
    )
    const actor = { kind: 'user', id: 'anna', name: 'Anna' } as const
    await approveCredentials(stack.ctx, { accountId: account, generation: 2, actor })
    await proveDueCredentials(stack.ctx)
    await vi.waitFor(() => expect(page.installations.at(-1)).toMatchObject({ generation: 2, waiting: [] }), patiently)

    await uninstallAccount(stack)
    await vi.waitFor(() => expect(page.told.at(-1)).toBe('uninstalled'), patiently)
  })

  test('sees each attempt with new access, and when the next one is', async () => {
    const stack = await createStack()
    stack.clients.set('client-a', refuses)
    const page = await watch(stack)
    await stack.send(installed('client-a'), { at: 1 })
    for (let count = 1; count <= 3; count++) {
      await proveDueCredentials(stack.ctx)
      const nextAt = new Date(stack.clock.now().getTime() + 1_000 * 2 ** count).toISOString()
      await vi.waitFor(() => expect(page.installations.at(-1)?.tries).toMatchObject({ count, nextAt }), patiently)
    }
  })

  test('can ask for an attempt now; once the access works, there is nothing to try', async () => {
    const stack = await createStack()
    stack.clients.set('client-a', refuses)
    const page = await watch(stack)
    await expect(page.tryNow()).rejects.toMatchObject({ cause: { reason: 'INPUT_INVALID' } })
    await stack.send(installed('client-a'), { at: 1 })
    for (let count = 1; count <= 6; count++) await proveDueCredentials(stack.ctx)
    stack.clients.set('client-a', works())
    stack.clock.advance(10_000)
    const now = stack.clock.now().toISOString()
    expect(await page.tryNow()).toMatchObject({ state: 'pending', tries: { nextAt: now } })
    await proveDueCredentials(stack.ctx)
    await vi.waitFor(() => expect(page.told.at(-1)).toBe('active'), patiently)
    await expect(page.tryNow()).rejects.toMatchObject({ cause: { reason: 'INPUT_INVALID' } })
  })

  test('receives nothing about other accounts, and nothing twice', async () => {
    const stack = await createStack()
    const page = await watch(stack)
    await vi.waitFor(() => expect(page.told).toEqual(['none', 'runs']), patiently)

    await stack.send(installed('client-b', { accountId: otherAccount }), { at: 1 })
    await stack.connection.sql`select pg_notify('installation_changed', ${account})`
    await stack.send(installed('client-a'), { at: 1 })

    await vi.waitFor(() => expect(page.told).toEqual(['none', 'runs', 'pending']), patiently)
  })

  test('is told to reload the runs when it connects and when it reconnects: what it read before may be outdated', async () => {
    const stack = await createStack()
    const back = await watch(stack, { lastEventId: '4' })
    const come = await watch(stack)

    await vi.waitFor(
      () =>
        expect([back.told, come.told]).toEqual([
          ['none', 'runs'],
          ['none', 'runs'],
        ]),
      patiently,
    )
  })

  test('invariant 21: sees it until the token that opened the stream expires', async () => {
    const stack = await createStack()
    const page = await watch(stack, { livesMs: 200 })

    expect(await page.ended).toBe('cut')
    expect(page.told).toEqual(['none', 'runs'])
  })
})
