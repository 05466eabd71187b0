import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  account,
  type CallbackStack,
  installed,
  otherAccount,
  prepareCallbackStacks,
  uninstalled,
} from '../../test/callback-stack.ts'
import { findCredentialsInForce } from './credentials-in-force.ts'
import { approveCredentials } from './decide-credentials.ts'
import { readInstallation } from './describe-installation.ts'
import { pauseAccount, resumeAccount } from './pause-account.ts'
import { proveDueCredentials } from './prove-credentials.ts'
import { rollBackCredentials } from './roll-back-credentials.ts'
import { dismissUninstall, eraseInstallation, restoreInstallation } from './uninstall.ts'

const createStack = prepareCallbackStacks()
const actor = { kind: 'operator', id: 'test' } as const
const pause = ({ ctx }: CallbackStack, accountId = account) => pauseAccount(ctx, { accountId, actor })
const resume = ({ ctx }: CallbackStack, accountId = account) => resumeAccount(ctx, { accountId, actor })
const stateOf = async ({ ctx }: CallbackStack, accountId = account) =>
  (await readInstallation(ctx, accountId)).described
const served = ({ ctx }: CallbackStack, accountId = account) =>
  findCredentialsInForce(ctx, accountId).then(
    ({ generation }) => generation,
    ({ reason }) => reason as string,
  )
const eventsOf = async ({ connection }: CallbackStack, accountId = account) =>
  (
    await connection.sql`select type from installation_events where account_id = ${accountId}
      union all select type from unnumbered_events where account_id = ${accountId}`
  ).map(({ type }) => type)

async function install(stack: CallbackStack, clientId: string, { at = 1, accountId = account, bound = true } = {}) {
  await stack.send(installed(clientId, { accountId }), { at, bound })
  await proveDueCredentials(stack.ctx)
}

test('a paused account is served nothing, says so, and is served again when it is resumed', async () => {
  const stack = await createStack()
  await install(stack, 'client-a')
  await pause(stack)
  expect(await served(stack)).toBe('INSTALLATION_PAUSED')
  expect(await stateOf(stack)).toMatchObject({ state: 'paused', reason: 'INSTALLATION_PAUSED' })
  await expect(pause(stack)).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
  await resume(stack)
  expect(await served(stack)).toBe(1)
  expect(await stateOf(stack)).toMatchObject({ state: 'active', reason: null })
  await expect(resume(stack)).rejects.toMatchObject({ reason: 'INPUT_INVALID' })
  expect((await stack.audit()).slice(-2)).toEqual(['installation.paused', 'installation.resumed'])
  expect((await eventsOf(stack)).sort()).toEqual(['active', 'active', 'installed', 'paused'])
})

test('an account that never sent a callback can be neither paused nor resumed, and gets no row', async () => {
  const stack = await createStack()
  for (const change of [pause, resume])
    await expect(change(stack)).rejects.toMatchObject({ reason: 'INSTALLATION_NOT_FOUND' })
  expect(await stack.installation()).toBeUndefined()
})

test('a callback that comes during a pause is received and proven; a re-install stays paused', async () => {
  const stack = await createStack()
  await install(stack, 'client-a')
  await pause(stack)
  await install(stack, 'client-b', { at: 2 })
  expect((await stack.rows()).map(({ state }) => state)).toEqual(['superseded', 'active'])
  expect(await served(stack)).toBe('INSTALLATION_PAUSED')
  await eraseInstallation({ ...stack.ctx }, { accountId: account, actor })
  expect(await stateOf(stack)).toMatchObject({ state: 'uninstalled' })
  stack.clock.advance(600_000)
  await stack.connection.sql`update installations set erasing_since = null`
  await install(stack, 'client-c', { at: 600 })
  expect(await stateOf(stack)).toMatchObject({ state: 'paused', generation: 3 })
  await resume(stack)
  expect(await served(stack)).toBe(3)
})

describe('whatever happens during a pause', () => {
  /** What can happen to an account, with how it is called in a counter-example. */
  const steps: Record<string, (stack: CallbackStack, accountId: string, at: number) => Promise<unknown>> = {
    install: (stack, accountId, at) => install(stack, `bound-${at}-${accountId}`, { at, accountId }),
    'install unbound': (stack, accountId, at) =>
      install(stack, `unbound-${at}-${accountId}`, { at, accountId, bound: false }),
    'send the first again': (stack, accountId, at) => install(stack, `first-${accountId}`, { at, accountId }),
    uninstall: (stack, accountId, at) => stack.send(uninstalled({ accountId }), { at }),
    'uninstall unbound': (stack, accountId, at) => stack.send(uninstalled({ accountId }), { at, bound: false }),
    restore: (stack, accountId) => restoreInstallation(stack.ctx, { accountId, actor }),
    dismiss: (stack, accountId) => dismissUninstall(stack.ctx, { accountId, actor }),
    approve: (stack, accountId) => approveCredentials(stack.ctx, { accountId, generation: 2, actor }),
    'roll back': (stack, accountId) => rollBackCredentials(stack.ctx, { accountId, generation: 1, actor }),
    erase: (stack, accountId) => eraseInstallation(stack.ctx, { accountId, actor }),
    prove: (stack) => proveDueCredentials(stack.ctx),
  }
  const sequences = fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 6 })

  test('nothing is served until the end of it, and then all is as if it had not been', async () => {
    const stack = await createStack()
    let round = 0
    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        round++
        await stack.connection.sql`update credentials set next_attempt_at = null` // Earlier rounds would take all places.
        const [paused, plain] = [account, otherAccount].map((id) => id.replace(/^.{8}/, String(10_000_000 + round)))
        for (const accountId of [paused, plain] as string[]) {
          await install(stack, `first-${accountId}`, { accountId })
          if (accountId === paused) await pause(stack, accountId)
          for (const [no, step] of sequence.entries()) {
            // Some cannot happen now: then they are refused, with and without a pause.
            await steps[step]?.(stack, accountId, 2 + no).catch(() => {})
            if (accountId === plain) continue
            expect(await served(stack, accountId)).toBeTypeOf('string')
            expect(await stack.installation(accountId)).toMatchObject({ activeGeneration: null })
          }
          for (let rest = 0; rest < 3; rest++) await proveDueCredentials(stack.ctx)
          if (accountId === paused) await resume(stack, accountId)
        }
        const outcomes = [paused, plain].map(async (accountId = '') => ({
          served: await served(stack, accountId),
          state: (await stateOf(stack, accountId)).state,
          rows: (await stack.rows(accountId)).map(({ generation, state, clientId }) => [
            generation,
            state,
            clientId.replace(accountId, ''),
          ]),
        }))
        const [withPause, without] = await Promise.all(outcomes)
        expect(withPause).toEqual(without)
      }),
      { numRuns: 25 },
    )
  })
})

test('invariant 18: a pause is not ended by anyone who can write to the database', async () => {
  const stack = await createStack()
  await install(stack, 'client-a')
  const before = await stack.installation()
  await pause(stack)
  await stack.connection.sql`update installations set paused_at = null`
  expect(await served(stack)).toBeTypeOf('string')
  await stack.connection.sql`update installations set active_generation = 1`
  expect(await served(stack)).toBe('INTERNAL')
  // The earlier row has a valid signature: `audit verify` names it, see find-rolled-back.database.test.ts.
  await stack.connection.sql`update installations set mac = ${before?.mac ?? null}`
  expect(await served(stack)).toBe(1)
})
