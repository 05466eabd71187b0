import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createRunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { type AnyAction, defineAction, type PartContext, type RunContext } from '../actions/define-action.ts'
import { findResult } from '../results/result-store.ts'
import { StandinError } from '../standin-error.ts'

const database = await createTestDatabase()
afterAll(database.drop)

const columns = [{ key: 'name', title: 'Name', kind: 'text' }] as const
const part = { name: 'report-part.csv', mediaType: 'text/csv' }

/** Saves two machines with its checkpoint, then does what the test says. */
function reportThat(
  goesOn: (context: RunContext<Record<string, unknown>>) => Promise<void>,
  leavePart: (context: PartContext<Record<string, unknown>>) => Promise<void> = leavesRows,
): AnyAction {
  return defineAction({
    id: 'report',
    title: 'Report',
    description: 'A report.',
    input: z.object({}),
    scopes: ['a'],
    changesData: false,
    async run(context) {
      await context.checkpoint({ seen: ['m1', 'm2'] })
      await goesOn(context)
    },
    leavePart,
  })
}

async function leavesRows({ resumedFrom, result, artifact, headline }: PartContext<Record<string, unknown>>) {
  const { seen } = z.object({ seen: z.array(z.string()) }).parse(resumedFrom)
  await result.columns(columns)
  await result.rows(seen.map((id) => ({ id, cells: { name: id } })))
  await headline('Two of three.')
  const file = await artifact(part)
  await file.write(seen.join('\n'))
}

type Stack = Awaited<ReturnType<typeof createRunStack>>

async function left(stack: Stack, runId: string) {
  const run = await stack.run(runId)
  const { state, reason, headline } = run
  const found = await findResult(stack.db, run)
  const { rows = 0, counts = null } = found?.result ?? {}
  return { state, reason, headline, rows, counted: counts?.total, files: await stack.files(runId) }
}
const thePart = { headline: 'Two of three.', rows: 2, counted: 2, files: { 'report-part.csv': 'm1\nm2' } }
const nothing = { headline: null, rows: 0, files: {} }

const refused = () => Promise.reject(new StandinError('TRACKUNIT_REFUSED'))
const busy = () => Promise.reject(new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: 60_000 }))
const untilToldToStop = ({ signal }: RunContext<unknown>) =>
  new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

describe('invariant 22: what a run found before it ended stays readable', () => {
  test('if it fails for good', async () => {
    await using stack = await createRunStack({ database, actions: [reportThat(refused)] })
    const { id } = await stack.start()
    await stack.createWorker().workOn(id)

    expect(await left(stack, id)).toEqual({ state: 'failed', reason: 'TRACKUNIT_REFUSED', ...thePart })
    expect((await stack.eventsOf(id)).slice(-2)).toMatchObject([
      { type: 'artifact', artifact: { name: 'report-part.csv' } },
      { type: 'state', state: 'failed', headline: 'Two of three.' },
    ])
  })

  test('if it is stopped while it works', async () => {
    const begun = Promise.withResolvers<void>()
    const report = reportThat((context) => {
      begun.resolve()
      return untilToldToStop(context)
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const worker = stack.createWorker()
    await stack.listener.on('run_cancel', worker.cancel)
    const { id } = await stack.start()
    const working = worker.workOn(id)
    await begun.promise
    await stack.cancel(id)
    await working

    expect(await left(stack, id)).toEqual({ state: 'cancelled', reason: null, ...thePart })
  })

  test('if it is stopped while it waits for Trackunit', async () => {
    await using stack = await createRunStack({ database, actions: [reportThat(busy)] })
    const { id } = await stack.start()
    const worker = stack.createWorker()
    await worker.workOn(id)
    expect(await left(stack, id)).toMatchObject({ state: 'waiting', ...nothing })

    await stack.cancel(id)
    await worker.workOn(id)

    expect(await left(stack, id)).toEqual({ state: 'cancelled', reason: null, ...thePart })
  })

  test('but not yet if it will continue later', async () => {
    let times = 0
    const report = reportThat(
      () => (++times === 1 ? Promise.reject(new StandinError('TRACKUNIT_UNAVAILABLE')) : Promise.resolve()),
      () => Promise.reject(new Error('a part of what succeeds')),
    )
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    await stack.createWorker().workOn(id)
    expect(await stack.run(id)).toMatchObject({ state: 'waiting' })
    await stack.sql`update runs set waiting_until = now() where id = ${id}`
    await stack.createWorker().workOn(id)

    expect(await left(stack, id)).toMatchObject({ state: 'succeeded', ...nothing })
  })

  test('with every change that it made since its last checkpoint', async () => {
    const part = Promise.withResolvers<ReadonlyMap<string, string>>()
    const change = (error?: StandinError) => ({ do: () => (error ? Promise.reject(error) : Promise.resolve(true)) })
    const report: AnyAction = {
      ...reportThat(busy),
      changesData: true,
      async run({ effect, checkpoint, mode }) {
        if (mode === 'preview') return
        await checkpoint('about to begin')
        await effect({ key: 'one', ...change() })
        await effect({ key: 'two', ...change(new StandinError('TRACKUNIT_REFUSED')) }).catch(() => {})
        await effect({ key: 'three', ...change(new StandinError('TRACKUNIT_UNAVAILABLE')) }).catch(() => {})
        await effect({ key: 'four', ...change(new StandinError('TRACKUNIT_RATE_LIMITED')) })
      },
      leavePart: async ({ changes }) => part.resolve(await changes()),
    }
    await using stack = await createRunStack({ database, actions: [report] })
    const worker = stack.createWorker()
    const preview = await stack.start({ mode: 'preview' })
    await worker.workOn(preview.id)
    const { id } = await stack.start({ previewRunId: preview.id })
    await worker.workOn(id)
    expect(await stack.cancel(id)).toMatchObject({ state: 'cancelling' })
    await worker.workOn(id)

    expect(Object.fromEntries(await part.promise)).toEqual({
      one: 'made',
      two: 'not made',
      three: 'unknown',
      four: 'not made',
    })
    expect(await stack.run(id)).toMatchObject({ state: 'cancelled' })
  })

  test('unless that fails: then the run ends as it would have without a part', async () => {
    const report = reportThat(refused, async ({ result }) => {
      await result.columns(columns)
      throw new Error('a fault of the action')
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    await stack.createWorker().workOn(id)

    expect(await left(stack, id)).toEqual({ state: 'failed', reason: 'TRACKUNIT_REFUSED', ...nothing })
  })

  test('unless workers die while they write the part: then the run ends without it', async () => {
    await using stack = await createRunStack({ database, actions: [reportThat(busy)] })
    const { id } = await stack.start()
    await stack.createWorker().workOn(id)
    await stack.cancel(id)
    for (let died = 0; died < 6; died++) await stack.dieWith(id)
    await stack.createWorker().workOn(id)

    expect(await left(stack, id)).toEqual({ state: 'cancelled', reason: null, ...nothing })
  })
})

test('invariant 8: but nothing is left of an uninstalled account, even if its worker learns of it late', async () => {
  const begun = Promise.withResolvers<void>()
  const goesOn = Promise.withResolvers<void>()
  const report = reportThat(async ({ result, checkpoint }) => {
    begun.resolve()
    await goesOn.promise
    await result.columns(columns).catch(() => {})
    await checkpoint({ seen: ['m1'] })
  })
  await using stack = await createRunStack({ database, actions: [report] })
  const { id } = await stack.start()
  const working = stack.createWorker().workOn(id)
  await begun.promise
  await stack.uninstall()
  goesOn.resolve()
  await working

  expect(await left(stack, id)).toEqual({ state: 'cancelled', reason: 'INSTALLATION_UNINSTALLED', ...nothing })
  expect(await stack.sql`select run_id from run_results`).toHaveLength(0)
})
