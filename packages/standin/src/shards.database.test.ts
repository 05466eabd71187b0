import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { account, createCallbackStack, installed, otherAccount, uninstalled } from '../test/callback-stack.ts'
import { anna, createRunStack } from '../test/run-stack.ts'
import { createShardedDatabase, type ShardedDatabase } from '../test/sharded-database.ts'
import { testApp } from '../test/test-replica.ts'
import { findServiceByKeyId } from './access/access-store.ts'
import { createKey } from './access/create-key.ts'
import { defineAction } from './actions/define-action.ts'
import { runProcedures } from './actions/run-procedures.ts'
import { deliverDue } from './deliveries/deliver-due.ts'
import { contracted, router } from './http/trpc.ts'
import { issueToken } from './tokens/issue-token.ts'
import { receiverOf } from './tokens/token-receiver.ts'
import type { StandinContext } from './wiring/assemble.ts'

let database: ShardedDatabase
beforeAll(async () => {
  database = await createShardedDatabase()
})
afterAll(() => database[Symbol.asyncDispose]())

/** What looks over all accounts, by its name in docs/scaling.md, which has the reasons. */
const acrossAccounts: Record<string, RegExp> = {
  'claims of credentials to prove': /^with "due" as \(select "account_id" as "due_account_id", "generation"/,
  'runs whose worker died': /^select "id", "account_id", "epoch", "replica_id" from "runs" where \("runs"."state" in/,
  'claims of due deliveries': /^with "due" as \(select "account_id" as "due_account_id", "run_id" as "due_run_id"/,
  'the account of a run': /^select "account_id" from "runs" where "runs"."id" = \$1$/,
}

test('what works across accounts is listed with its reason', () => {
  const page = readFileSync(new URL('../../../docs/scaling.md', import.meta.url), 'utf8')
  expect(Object.keys(acrossAccounts).filter((name) => !page.includes(name))).toEqual([])
})

/** @param atLeast so many statements: else a test would pass that executes none */
async function expectOneShard(accountId: string, atLeast: number): Promise<void> {
  const executed = database.executed()
  const shard = await database.shardOf(accountId)
  const isListed = (text: string) => Object.values(acrossAccounts).some((pattern) => pattern.test(text))
  const elsewhere = executed.filter(({ text, shards }) => shards.some((each) => each !== shard) && !isListed(text))
  expect(elsewhere).toEqual([])
  expect(executed.filter(({ shards }) => shards.length === 1).length).toBeGreaterThanOrEqual(atLeast)
}

test('a statement of a callback or a token touches one shard', async () => {
  const stack = await createCallbackStack({ url: database.url, ...database.connection })
  await stack.send(installed('other', { accountId: otherAccount }))
  await stack.prover.proveDue()
  const service = await receiverOfService(stack.ctx)
  database.executed()

  await stack.send(installed('client'))
  await stack.prover.proveDue()
  await issueToken(stack.ctx, { kind: 'system', id: 'test' }, { accountId: account })
  await issueToken(stack.ctx, service, { accountId: account })
  await stack.send(installed('client-after'))
  await stack.send(uninstalled())

  await expectOneShard(account, 20)
  await stack.close()
})

/** A service with a key, and with a grant on the account. */
async function receiverOfService(ctx: StandinContext) {
  const scopes = testApp.scopes.map(({ scope }) => scope)
  const actor = { kind: 'operator', id: 'test' } as const
  const key = { service: 'reports', scopes, actor, accountId: account, expiresAt: new Date('2099-01-01') }
  const found = await findServiceByKeyId(ctx, (await createKey(ctx, key)).id, account)
  if (!found) throw new Error('the key was created')
  return receiverOf(found.caller, account, scopes)
}

const report = defineAction({
  id: 'report',
  title: 'Report',
  description: 'Does all that an action can do.',
  input: z.object({}),
  scopes: ['a'],
  changesData: false,
  async run({ artifact, checkpoint, effect, headline, incomplete, log, machines, progress, result, step }) {
    const file = await artifact({ name: 'report.txt', mediaType: 'text/plain' })
    await result.columns([{ key: 'count', title: 'Count', kind: 'number' }])
    await step('Counting', async () => {
      await file.write('one')
      await result.rows([{ id: 'one', machine: null, cells: { count: 1 } }])
      await effect({ key: 'one', do: async () => 1 })
      await machines.keep([])
      await Array.fromAsync(machines.list({}))
    })
    await progress({ done: 1, total: 2, message: 'half' })
    await checkpoint(1)
    await log('half-way')
    await incomplete('The other half is missing.')
    await headline('One.')
  },
})

test('a statement of a run touches one shard', async () => {
  await using stack = await createRunStack({ database, connection: database.connection, actions: [report] })
  const api = router(runProcedures(stack.ctx, contracted(stack.ctx))).createCaller({
    requestId: 'test',
    authenticate: async () => anna,
  })
  const start = () =>
    api.start({
      accountId: account,
      actionId: 'report',
      input: {},
      idempotencyKey: crypto.randomUUID(),
      mode: 'apply',
      deliverTo: [{ kind: 'webhook', url: 'https://receiver.example/hook' }],
    })
  const read = async (runId: string) => {
    await api.get({ runId })
    await api.result({ runId, limit: 10 })
    await api.list({ accountId: account, limit: 10 })
    await api.latest({ accountId: account })
    for await (const _ of await api.events({ runId })) break
  }
  await stack.install(account)
  database.executed()

  for (let nth = 0; nth < 2; nth++) {
    const { id } = await start()
    await stack.createWorker().workOn(id)
    await read(id)
  }
  const deliveries = { ...stack.ctx.deliveries, sendWebhook: async () => ({ kind: 'delivered' as const }) }
  while (await deliverDue({ ...stack.ctx, deliveries }));
  const { id } = await start()
  await api.cancel({ runId: id })
  await api.retry({ runId: id, idempotencyKey: crypto.randomUUID() })

  await expectOneShard(account, 100)
})
