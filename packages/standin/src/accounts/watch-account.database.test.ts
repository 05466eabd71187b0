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
import type { UserCaller } from '../access/caller.ts'
import { createListener } from '../database/listen.ts'
import { createContracted, router } from '../http/trpc.ts'
import { createAccountChanges } from './account-changes.ts'
import { listCredentials } from './credential-store.ts'
import { approveCredentials } from './decide-credentials.ts'
import { describeInstallation } from './describe-installation.ts'
import { createInstallationProcedures, type InstallationDecisions } from './installation-procedures.ts'
import { findInstallation, lockInstallation } from './installation-store.ts'
import { tryAccessNow } from './try-access-now.ts'

const createStack = prepareCallbackStacks()

/** Far below the net under lost notifications. */
const atOnce = { timeout: 2_000 }
const open: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** What an open page of a replica is told. */
async function watch(
  { url, db, clock }: CallbackStack,
  {
    accountId = account,
    lastEventId,
    livesMs = 3_600_000,
  }: { accountId?: string; lastEventId?: string; livesMs?: number } = {},
) {
  const listener = createListener(url)
  open.push(listener.close)
  const anna: UserCaller = {
    ...{ kind: 'user', id: 'anna', name: 'Anna', accountId, scopes: [] },
    expiresAt: new Date(clock.now().getTime() + livesMs),
  }
  const noAccount = async () => undefined
  const contracted = createContracted(
    { accountOfRun: noAccount, accountOfSchedule: noAccount, accountOfArtifact: noAccount },
    { administratorScopes: undefined },
  )
  const procedures = createInstallationProcedures({
    ...{ contracted, clock, changes: await createAccountChanges({ listener }) },
    describe: async (id) =>
      describeInstallation(id, {
        installation: await findInstallation(db, id),
        rows: await listCredentials(db, id),
        requestedScopes: ['account.asset.view'],
        patienceMs: 900_000,
      }),
    tryNow: (asked) => tryAccessNow(asked, { db, clock }),
    // Others ask for these.
    decisions: {} as InstallationDecisions,
    listAccounts: async () => [],
    events: { stream: async function* () {} },
    currentService: async () => undefined,
  })
  const api = router(procedures).createCaller({ requestId: 'test', authenticate: async () => anna })
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

async function uninstall(stack: CallbackStack): Promise<void> {
  await stack.db.transaction(async (tx) => {
    const installation = await lockInstallation(tx, account)
    await stack.uninstall(tx, {
      ...{ installation, issuedAt: new Date(stack.clock.now().getTime() + 60_000) },
      actor: { kind: 'trackunit', id: 'test' },
    })
  })
}

describe('who looks at an account', () => {
  test('sees each step of its installation at once: the first minute, new access, its approval, the removal', async () => {
    const stack = await createStack()
    const page = await watch(stack)
    await vi.waitFor(() => expect(page.told).toEqual(['none', 'runs']), atOnce)

    await stack.send(installed('client-a'), { at: 1 })
    await vi.waitFor(() => expect(page.told.at(-1)).toBe('pending'), atOnce)
    await stack.prover.proveDue()
    await vi.waitFor(() => expect(page.told.at(-1)).toBe('active'), atOnce)

    await stack.send(installed('client-b'), { at: 2, bound: false })
    await stack.prover.proveDue()
    await vi.waitFor(
      () => expect(page.installations.at(-1)?.waiting).toMatchObject([{ state: 'awaiting-approval' }]),
      atOnce,
    )
    const actor = { kind: 'user', id: 'anna', name: 'Anna' } as const
    await approveCredentials(stack.db, { accountId: account, generation: 2, actor })
    await stack.prover.proveDue()
    await vi.waitFor(() => expect(page.installations.at(-1)).toMatchObject({ generation: 2, waiting: [] }), atOnce)

    await uninstall(stack)
    await vi.waitFor(() => expect(page.told.at(-1)).toBe('uninstalled'), atOnce)
  })

  test('sees each try with new access, and when the next one is', async () => {
    const stack = await createStack()
    stack.clients.set('client-a', refuses)
    const page = await watch(stack)
    await stack.send(installed('client-a'), { at: 1 })
    for (let count = 1; count <= 3; count++) {
      await stack.prover.proveDue()
      const nextAt = new Date(stack.clock.now().getTime() + 1_000 * 2 ** count).toISOString()
      await vi.waitFor(() => expect(page.installations.at(-1)?.tries).toMatchObject({ count, nextAt }), atOnce)
    }
  })

  test('may ask for a try now; once it works, there is nothing to try', async () => {
    const stack = await createStack()
    stack.clients.set('client-a', refuses)
    const page = await watch(stack)
    await expect(page.tryNow()).rejects.toMatchObject({ cause: { reason: 'INPUT_INVALID' } })
    await stack.send(installed('client-a'), { at: 1 })
    for (let count = 1; count <= 6; count++) await stack.prover.proveDue()
    stack.clients.set('client-a', works())
    stack.clock.advance(10_000)
    const now = stack.clock.now().toISOString()
    expect(await page.tryNow()).toMatchObject({ state: 'pending', tries: { nextAt: now } })
    await stack.prover.proveDue()
    await vi.waitFor(() => expect(page.told.at(-1)).toBe('active'), atOnce)
    await expect(page.tryNow()).rejects.toMatchObject({ cause: { reason: 'INPUT_INVALID' } })
  })

  test('is told nothing of another account, and the same thing once', async () => {
    const stack = await createStack()
    const page = await watch(stack)
    await vi.waitFor(() => expect(page.told).toEqual(['none', 'runs']), atOnce)

    await stack.send(installed('client-b', { accountId: otherAccount }), { at: 1 })
    await stack.connection.sql`select pg_notify('installation_changed', ${account})`
    await stack.send(installed('client-a'), { at: 1 })

    await vi.waitFor(() => expect(page.told).toEqual(['none', 'runs', 'pending']), atOnce)
  })

  test('who comes looks at the runs anew, as who comes back does: what was read before the stream began may be older', async () => {
    const stack = await createStack()
    const back = await watch(stack, { lastEventId: '4' })
    const come = await watch(stack)

    await vi.waitFor(
      () =>
        expect([back.told, come.told]).toEqual([
          ['none', 'runs'],
          ['none', 'runs'],
        ]),
      atOnce,
    )
  })

  test('invariant 21: sees it until the token that opened the stream ends', async () => {
    const stack = await createStack()
    const page = await watch(stack, { livesMs: 200 })

    expect(await page.ended).toBe('cut')
    expect(page.told).toEqual(['none', 'runs'])
  })
})
