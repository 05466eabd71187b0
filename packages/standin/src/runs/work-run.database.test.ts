import { inspect } from 'node:util'
import postgres from 'postgres'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { patiently } from '../../test/patiently.ts'
import { account, createRunStack, otherAccount, type RunStack } from '../../test/run-stack.ts'
import { startStrictTrackunit } from '../../test/strict-trackunit.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { type AnyAction, defineAction, type RunContext } from '../actions/define-action.ts'
import { toRun } from '../actions/to-run.ts'
import { inTransaction } from '../context.ts'
import { advisoryLocks } from '../database/advisory-locks.ts'
import { StandinError } from '../standin-error.ts'
import { ActionFailed } from './action-failed.ts'
import { moveRun } from './move-run.ts'
import { claimRuns, freeRun, listHeldAndOrphaned } from './run-lease-store.ts'
import { lockPromotion } from './run-promotion-store.ts'
import { suspendRuns, wakeRuns } from './wake-runs.ts'

const database = await createTestDatabase()
afterAll(database.drop)

type Work = (context: RunContext<Record<string, unknown>>) => Promise<void>

const doing = (run: Work, change: Partial<AnyAction> = {}): AnyAction => ({
  ...defineAction({
    id: 'report',
    title: 'Report',
    description: 'A report.',
    input: z.object({}),
    scopes: ['a'],
    changesData: false,
    run,
  }),
  ...change,
})
const csv = { name: 'report.csv', mediaType: 'text/csv' }

/** Lets a test follow an action step by step. */
function createGate() {
  const arrived = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  return {
    arrived: arrived.promise,
    open: opened.resolve,
    async pass() {
      arrived.resolve()
      await opened.promise
    },
  }
}

/** A process whose session is gone: any other may have its runs. */
const gone = { replicaId: 1 }

async function lastEvent(stack: RunStack, runId: string) {
  const events = await stack.eventsOf(runId)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1)) // Without a gap.
  return events.at(-1)
}

test('an ended run is counted once', async () => {
  await using stack = await createRunStack({ database, actions: [doing(async () => {})] })
  const { id } = await stack.start()
  await stack.createWorker().workOn(id)
  expect(await stack.ctx.metrics.text()).toContain('standin_runs_ended_total{action="report",state="succeeded"} 1')
})

describe('a run', () => {
  test('ends: rows, events, file and audit agree', async () => {
    const report = doing(async ({ artifact, step, progress, headline, log }) => {
      const file = await artifact(csv)
      await step('Count', async () => {})
      await step('Write', async () => {
        await file.write('one\n')
        await progress({ done: 1, total: 1, message: 'lines' })
      })
      await log('A line.')
      await headline('One line written.')
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()

    await stack.createWorker().workOn(id)

    expect(await stack.run(id)).toMatchObject({
      state: 'succeeded',
      reason: null,
      attempts: 1,
      headline: 'One line written.',
      progress: { done: 1, total: 1, message: 'lines', secondsLeft: null, share: 1 },
      steps: [
        { name: 'Count', state: 'done', tookMs: 0, counted: null, waited: null },
        { name: 'Write', state: 'done', tookMs: 0, counted: { done: 1, total: 1 }, waited: null },
      ],
      startedAt: expect.any(Date),
      endedAt: expect.any(Date),
    })
    expect(await stack.states(id)).toEqual(['queued', 'running', 'succeeded'])
    expect(await stack.files(id)).toEqual({ 'report.csv': 'one\n' })
    expect(await stack.audit(id)).toEqual(['run.started', 'run.succeeded'])
    const events = await stack.eventsOf(id)
    expect(events.slice(-2)).toMatchObject([
      { type: 'artifact', artifact: { name: 'report.csv', mediaType: 'text/csv', bytes: 4 } },
      { type: 'state', state: 'succeeded', reason: null, headline: 'One line written.' },
    ])
    expect(events.findLast(({ type }) => type === 'progress')).toMatchObject({
      progress: { done: 1 },
      steps: [{ state: 'done' }, { state: 'done' }],
    })
  })

  test('leaves a file byte for byte as it was written, across pieces and checkpoints', async () => {
    const pieces = Array.from({ length: 40 }, (_, index) => `${index} ${'ä'.repeat(10_000 + index)}\r\n`)
    const report = doing(async ({ artifact, checkpoint }) => {
      const file = await artifact(csv)
      for (const [index, piece] of pieces.entries()) {
        await file.write(piece)
        if (index % 7 === 0) await checkpoint(index)
      }
      await Promise.all(['x', 'y', 'z'].map((piece) => file.write(piece.repeat(300_000)))) // Need not be awaited one by one.
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()

    await stack.createWorker().workOn(id)

    const expected = `${pieces.join('')}${'x'.repeat(300_000)}${'y'.repeat(300_000)}${'z'.repeat(300_000)}`
    expect((await stack.files(id))['report.csv'] === expected).toBe(true)
  })

  test('announces its progress at most five times a second, and the last in any case', async () => {
    let advance = (_ms: number) => {}
    const report = doing(async ({ progress }) => {
      for (let done = 1; done <= 100; done++) {
        await progress({ done, total: 100, message: 'machines' })
        advance(20)
      }
    })
    await using stack = await createRunStack({ database, actions: [report] })
    advance = stack.clock.advance
    const { id } = await stack.start()

    await stack.createWorker().workOn(id)

    const told = (await stack.eventsOf(id)).flatMap((event) => (event.type === 'progress' ? [event.progress.done] : []))
    expect(told.length).toBeLessThanOrEqual(11)
    expect(told.at(-1)).toBe(100)
  })

  test('accepts any text of an action: long text is cut, and never makes the run fail', async () => {
    const emoji = `${'x'.repeat(499)}😀`
    const report = doing(async ({ log, headline, progress, step }) => {
      await log(emoji)
      await log('a\0b')
      await headline(`${'h'.repeat(299)}😀\0`)
      await step('s\0tep', async () => {})
      await progress({ done: 1.4, total: 2.6, message: 'm\0essage\ud83d' })
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()

    await stack.createWorker().workOn(id)

    expect(await stack.run(id)).toMatchObject({
      state: 'succeeded',
      progress: { done: 1, total: 3, message: 'message\ufffd' },
      steps: [{ name: 'step' }],
    })
  })

  test('an action that no longer exists ends its runs', async () => {
    const actions = [doing(async () => {})]
    await using stack = await createRunStack({ database, actions })
    const { id } = await stack.start()
    actions.pop()

    await stack.createWorker().workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'ACTION_NOT_FOUND' })
  })

  test('a run that has ended is not claimed again', async () => {
    await using stack = await createRunStack({ database, actions: [doing(async () => {})] })
    const { id } = await stack.start()
    const worker = stack.createWorker()
    await worker.workOn(id)
    const events = await stack.eventsOf(id)

    await worker.workOn(id)

    expect(await stack.eventsOf(id)).toEqual(events)
  })
})

describe('a run that fails', () => {
  const failing = (error: () => unknown) =>
    doing(async ({ artifact, checkpoint, resumedFrom, step }) => {
      const file = await artifact(csv)
      if (resumedFrom === undefined) {
        await file.write('kept\n')
        await checkpoint('12')
      }
      await file.write('lost\n')
      await step('Fail', async () => {
        throw error()
      })
    })

  test('for a reason that may pass waits, and continues from its checkpoint', async () => {
    let isDown = true
    const resumed: unknown[] = []
    const report = doing(async ({ artifact, checkpoint, resumedFrom }) => {
      resumed.push(resumedFrom)
      const file = await artifact(csv)
      if (resumedFrom === undefined) {
        await file.write('first\n')
        await checkpoint('12')
      }
      await file.write('second\n')
      if (isDown) throw new StandinError('TRACKUNIT_UNAVAILABLE')
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    const worker = stack.createWorker()

    await worker.workOn(id)
    const notBefore = new Date(stack.clock.now().getTime() + 2_000)
    expect(await stack.run(id)).toMatchObject({
      state: 'waiting',
      waitingUntil: notBefore,
      reason: 'TRACKUNIT_UNAVAILABLE',
      retries: 1,
    })
    expect(await stack.due()).toEqual([id])
    expect(await stack.files(id)).toEqual({})

    isDown = false
    await worker.workOn(id)
    expect(resumed).toEqual([undefined, '12']) // A text stays a text, even if it looks like a number.
    expect(await stack.run(id)).toMatchObject({
      state: 'succeeded',
      reason: null,
      waitingUntil: null,
      attempts: 2,
      crashes: 0,
    })
    expect(await stack.files(id)).toEqual({ 'report.csv': 'first\nsecond\n' })
    expect(await stack.states(id)).toEqual(['queued', 'running', 'waiting', 'running', 'succeeded'])
  })

  test('again and again is given up, with what it had', async () => {
    await using stack = await createRunStack({
      database,
      actions: [failing(() => new StandinError('STORAGE_UNAVAILABLE'))],
    })
    const { id } = await stack.start()
    const worker = stack.createWorker()

    for (let attempt = 1; attempt <= 6; attempt++) await worker.workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'STORAGE_UNAVAILABLE', attempts: 6 })
    expect(await stack.files(id)).toEqual({ 'report.csv': 'kept\nlost\n' })
    expect(await lastEvent(stack, id)).toMatchObject({ type: 'state', state: 'failed' })
  })

  test('because Trackunit refuses its access waits, and continues as soon as the access works', async () => {
    const limited = defineAction({
      ...failing(() => new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: 600_000 })),
      id: 'limited',
    })
    let access: 'works' | 'refused' = 'refused'
    const report = doing(async ({ resumedFrom, checkpoint }) => {
      if (resumedFrom === undefined) await checkpoint('12')
      if (access === 'refused') throw new StandinError('CREDENTIALS_REJECTED')
    })
    await using stack = await createRunStack({
      database,
      actions: [report, limited],
      startsAt: new Date(), // What waits is not due at once.
    })
    await stack.install(account, { state: 'parked' })
    const { id } = await stack.start()
    const worker = stack.createWorker()

    await worker.workOn(id)
    const waiting = { state: 'waiting', reason: 'CREDENTIALS_REJECTED', retries: 0 }
    expect(await stack.run(id)).toMatchObject(waiting)
    await wakeRuns(stack.ctx, account) // Something else changed.
    await worker.workOn(id)
    expect(await stack.run(id)).toMatchObject({ ...waiting, attempts: 1 })

    access = 'works'
    await stack.install(account)
    await stack.install(otherAccount)
    await wakeRuns(stack.ctx, otherAccount)
    const { id: ofLimit } = await stack.start({ actionId: 'limited' })
    await worker.workOn(ofLimit)
    expect(await stack.due()).toEqual([])
    await Promise.all([wakeRuns(stack.ctx, account), wakeRuns(stack.ctx, account)]) // As two replicas would.
    await vi.waitFor(async () => expect(await stack.due()).toEqual([id]), patiently) // The limit of the other one still holds.
    await worker.workOn(id)
    expect(await stack.run(id)).toMatchObject({ state: 'succeeded', attempts: 2 })
  })

  test('because its access never worked ends', async () => {
    const refused = failing(() => new StandinError('CREDENTIALS_REJECTED'))
    await using stack = await createRunStack({ database, actions: [refused] })
    await stack.install(account, { state: 'pending' })
    const { id } = await stack.start()
    await stack.createWorker().workOn(id)
    expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'CREDENTIALS_REJECTED' })
  })

  test('invariant 23: because of a limit waits as long as the limit says, which does not count as a failure', async () => {
    const limit = failing(() => new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: 600_000 }))
    await using stack = await createRunStack({ database, actions: [limit] })
    const { id } = await stack.start()
    const worker = stack.createWorker()

    for (let attempt = 1; attempt <= 8; attempt++) await worker.workOn(id)

    const waitingUntil = new Date(stack.clock.now().getTime() + 600_000)
    expect(await stack.run(id)).toMatchObject({
      state: 'waiting',
      waitingUntil,
      reason: 'TRACKUNIT_RATE_LIMITED',
      retries: 0,
    })
    expect((await stack.eventsOf(id)).at(-1)).toMatchObject({
      type: 'state',
      state: 'waiting',
      reason: 'TRACKUNIT_RATE_LIMITED',
      waitingUntil: waitingUntil.toISOString(),
    })
  })

  test('shows all steps from the start; one that waits names its limit, and continues with what it has counted', async () => {
    const limit = { most: 1, windowMs: 900_000 }
    const report = {
      ...doing(async ({ step, progress, resumedFrom, checkpoint }) => {
        if (resumedFrom === undefined) await step('List', () => checkpoint('listed'))
        await step('Read', async () => {
          await progress({ done: resumedFrom === undefined ? 8 : 14, total: 14, message: 'pages' })
          if (resumedFrom === undefined)
            throw new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: 600_000, limit })
        })
      }),
      steps: () => ['List', 'Repair', 'Read'],
    }
    await using stack = await createRunStack({ database, actions: [report] })
    const { id, steps } = await stack.start()
    expect(steps.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting'])
    const worker = stack.createWorker()

    await worker.workOn(id)
    const pages = { name: 'Read', state: 'running', counted: { done: 8, total: 14 } }
    expect(await stack.run(id)).toMatchObject({
      state: 'waiting',
      waitingFor: { requests: 1, everySeconds: 900 },
      steps: [
        { name: 'List', state: 'done' },
        { ...pages, waited: { times: 1, everySeconds: 900 } },
      ],
      progress: { share: 0.786 },
    })
    expect((await stack.eventsOf(id)).slice(-2)).toMatchObject([
      { type: 'progress', steps: [{}, { waited: { times: 1 } }] },
      { type: 'state', waitingFor: { requests: 1, everySeconds: 900 } },
    ])

    await worker.workOn(id)
    expect(await stack.run(id)).toMatchObject({
      state: 'succeeded',
      waitingFor: null,
      progress: { share: 1 },
      steps: [{}, { counted: { done: 14, total: 14 }, waited: { times: 1 } }],
    })
  })

  test('invariant 23: a worker that comes too early does not undercut the wait', async () => {
    const limit = failing(() => new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: 600_000 }))
    await using stack = await createRunStack({ database, actions: [limit], startsAt: new Date('2099-01-01') })
    const { id } = await stack.start()
    const worker = stack.createWorker()
    await worker.workOn(id)

    await worker.workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'waiting', attempts: 1 })
  })

  test('in the action’s own words is shown to all who watch the run', async () => {
    const closed = { text: 'Order 77 is closed', key: 'closed', values: { order: 77 } }
    await using stack = await createRunStack({ database, actions: [failing(() => new ActionFailed(closed))] })
    const { id } = await stack.start()

    await stack.createWorker().workOn(id)

    const failed = { state: 'failed', reason: 'ACTION_FAILED', failure: closed }
    expect(toRun(await stack.run(id))).toMatchObject(failed)
    expect(await lastEvent(stack, id)).toMatchObject(failed)
  })

  test('for an unknown reason shows its text and place on a maker’s own machine', async () => {
    await using stack = await createRunStack({ database, actions: [failing(() => new TypeError('no such thing'))] })
    const { id } = await stack.start()

    await stack.createWorker().workOn(id)

    const failure = expect.stringMatching(/^TypeError: no such thing, at .*work-run\.database\.test\.ts:\d+/)
    expect(await stack.run(id)).toMatchObject({ reason: 'INTERNAL', failure })
  })

  test('for an unknown reason ends at once, and in production the reason is shown to no one', async () => {
    const secret = 'postgres://user:s3cr3t@host'
    await using stack = await createRunStack({
      database,
      actions: [failing(() => new Error(secret, { cause: { secret } }))],
      isProduction: true,
    })
    const { id } = await stack.start()

    await stack.createWorker().workOn(id)

    const run = await stack.run(id)
    expect(run).toMatchObject({ state: 'failed', reason: 'INTERNAL', steps: [{ name: 'Fail', state: 'failed' }] })
    expect(inspect([run, await stack.eventsOf(id), await stack.audit(id)], { depth: null })).not.toContain('s3cr3t')
    expect(await lastEvent(stack, id)).toMatchObject({ state: 'failed', reason: 'INTERNAL' })
    const progress = (await stack.eventsOf(id)).findLast(({ type }) => type === 'progress')
    expect(progress).toMatchObject({ steps: [{ name: 'Fail', state: 'failed' }] })
  })

  test('in a schema inside the action does not blame its input', async () => {
    await using stack = await createRunStack({ database, actions: [failing(() => z.string().safeParse(1).error)] })
    const { id } = await stack.start()

    await stack.createWorker().workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'INTERNAL' })
  })

  test('to end in time continues from its checkpoint; after several times it is stuck', async () => {
    const resumed: unknown[] = []
    const endless = doing(
      async ({ checkpoint, resumedFrom, signal }) => {
        resumed.push(resumedFrom)
        if (resumedFrom === undefined) await checkpoint(1)
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        signal.throwIfAborted()
      },
      { limits: { maxAttemptMs: 200 } },
    )
    await using stack = await createRunStack({ database, actions: [endless] })
    const { id } = await stack.start()
    const worker = stack.createWorker()

    await worker.workOn(id)
    expect(await stack.run(id)).toMatchObject({ state: 'waiting', reason: null, retries: 1 })
    for (let attempt = 2; attempt <= 6; attempt++) await worker.workOn(id)

    expect(resumed).toEqual([undefined, 1, 1, 1, 1, 1])
    expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'RUN_STUCK', attempts: 6 })
  })

  test('because of a limit is set aside: up to four others of the account start in its place', async () => {
    const limited = { mayOverlap: true, id: 'limited' }
    const error = new StandinError('TRACKUNIT_RATE_LIMITED', { retryAfterMs: 600_000 })
    await using stack = await createRunStack({
      database,
      actions: [doing(() => Promise.reject(error), limited)],
      startsAt: new Date('2099-01-01'),
    })
    const started: string[] = []
    for (let nth = 0; nth < 9; nth++) started.push((await stack.start()).id)
    const worker = stack.createWorker()
    expect(await stack.promoted()).toEqual(started.slice(0, 2))

    for (const id of started.slice(0, 6)) await worker.workOn(id)

    expect(await stack.promoted()).toEqual(started.slice(0, 6))
    await stack.cancel(started[0] ?? '')
    expect(await stack.promoted()).toEqual(started.slice(0, 7))
  })

  test('lets the next one start', async () => {
    await using stack = await createRunStack({ database, actions: [failing(() => new Error('no'))] })
    const [first, second] = [await stack.start(), await stack.start()]

    await stack.createWorker().workOn(first.id)

    expect(await stack.promoted()).toEqual([first.id, second.id])
    expect(await stack.due()).toEqual([second.id])
  })
})

describe('invariant 22: cancelling', () => {
  test('a run that waits for its turn ends at once, and the next one starts', async () => {
    await using stack = await createRunStack({ database, actions: [doing(async () => {})] })
    const [first, second] = [await stack.start(), await stack.start()]

    expect(await stack.cancel(first.id)).toMatchObject({ state: 'cancelled' })

    expect(await stack.promoted()).toEqual([first.id, second.id])
    expect(await stack.states(first.id)).toEqual(['queued', 'cancelled'])
    expect(await stack.audit(first.id)).toEqual(['run.started', 'run.cancelled'])
  })

  test('a working run stops at its next checkpoint, on whichever worker, and what it wrote stays readable', async () => {
    const gate = createGate()
    const report = doing(async ({ artifact, checkpoint }) => {
      const file = await artifact(csv)
      await file.write('one\n')
      await checkpoint(1)
      await file.write('two\n')
      await gate.pass()
      await checkpoint(2)
      throw new Error('never reached')
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    const working = stack.createWorker().workOn(id) // Hears no notification: its next write tells it.
    await gate.arrived

    expect(await stack.cancel(id)).toMatchObject({ state: 'cancelling' })
    gate.open()
    await working

    expect(await stack.run(id)).toMatchObject({ state: 'cancelled', reason: null, checkpoint: null })
    expect(await stack.files(id)).toEqual({ 'report.csv': 'one\ntwo\n' })
    expect(await stack.states(id)).toEqual(['queued', 'running', 'cancelling', 'cancelled'])
    expect(await lastEvent(stack, id)).toMatchObject({ type: 'state', state: 'cancelled' })
  })

  test('a working run is interrupted when its worker learns of it', async () => {
    const gate = createGate()
    const report = doing(async ({ signal }) => {
      await gate.pass()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const worker = stack.createWorker()
    await stack.listener.on('run_cancel', worker.cancel)
    const { id } = await stack.start()
    const working = worker.workOn(id)
    await gate.arrived
    gate.open()

    await stack.cancel(id)
    await working

    expect(await stack.run(id)).toMatchObject({ state: 'cancelled' })
  })

  test('a run that waits to be tried again is ended by a worker, with the file of its last checkpoint', async () => {
    const report = doing(async ({ artifact, checkpoint, step }) => {
      const file = await artifact(csv)
      await file.write('kept\n')
      await checkpoint(1)
      await file.write('lost\n')
      await step('Fail', async () => {
        throw new StandinError('TRACKUNIT_UNAVAILABLE')
      })
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const [first, second] = [await stack.start(), await stack.start()]
    const worker = stack.createWorker()
    await worker.workOn(first.id)

    expect(await stack.cancel(first.id)).toMatchObject({ state: 'cancelling', waitingUntil: null })
    expect(await stack.due()).toEqual([first.id]) // At once, not when the pause was over.
    await worker.workOn(first.id)

    expect(await stack.run(first.id)).toMatchObject({
      state: 'cancelled',
      reason: null,
      steps: [{ name: 'Fail', state: 'failed' }],
    })
    expect(await stack.files(first.id)).toEqual({ 'report.csv': 'kept\n' })
    expect(await lastEvent(stack, first.id)).toMatchObject({ type: 'state', state: 'cancelled' })
    expect(await stack.promoted()).toEqual([first.id, second.id])
  })

  test('asking twice has the same effect as asking once', async () => {
    await using stack = await createRunStack({ database, actions: [doing(async () => {})] })
    const { id } = await stack.start()
    await stack.dieWith(id)
    await stack.cancel(id)

    expect(await stack.cancel(id)).toMatchObject({ state: 'cancelling' })
    expect(await stack.states(id)).toEqual(['queued', 'running', 'cancelling'])
  })

  test('a run whose worker died ends with the next worker, and what it kept stays readable', async () => {
    const gate = createGate()
    const report = doing(async ({ artifact, checkpoint }) => {
      const file = await artifact(csv)
      await file.write('kept\n')
      await checkpoint(1)
      await gate.pass()
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    const dead = stack.createWorker(gone).workOn(id)
    await gate.arrived
    await stack.cancel(id)

    await stack.createWorker().workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'cancelled' })
    expect(await stack.files(id)).toEqual({ 'report.csv': 'kept\n' })
    gate.open()
    await dead
  })

  test.for([
    { title: 'has succeeded', run: async () => {}, state: 'succeeded' },
    { title: 'has failed', run: () => Promise.reject(new Error('no')), state: 'failed' },
  ])('a run that $title cannot be cancelled', async ({ run, state }) => {
    await using stack = await createRunStack({ database, actions: [doing(run)] })
    const { id } = await stack.start()
    await stack.createWorker().workOn(id)

    await expect(stack.cancel(id)).rejects.toMatchObject({ reason: 'RUN_NOT_CANCELLABLE' })
    expect(await stack.run(id)).toMatchObject({ state })
  })

  test('an unknown run is not found', async () => {
    await using stack = await createRunStack({ database, actions: [doing(async () => {})] })
    await expect(stack.cancel('11111111-1111-4111-8111-111111111111')).rejects.toMatchObject({
      reason: 'RUN_NOT_FOUND',
    })
  })

  test('meets a promotion of the same run without a deadlock', async () => {
    await using stack = await createRunStack({ database, actions: [doing(async () => {})] })
    const { id, accountId } = await stack.start()
    const promoting = createGate()
    const promotion = stack.db.transaction(async (tx) => {
      await lockPromotion(tx, accountId)
      await promoting.pass()
      await tx.execute(`update runs set promoted_at = now() where id = '${id}'`)
    })
    await promoting.arrived

    const cancelled = stack.cancel(id)
    await vi.waitFor(async () => {
      const waiting =
        await stack.sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      expect(waiting).toHaveLength(1)
    }, patiently)
    promoting.open()

    await promotion
    expect(await cancelled).toMatchObject({ state: 'cancelled' })
  })
})

describe('invariant 19: a worker that lost its run', () => {
  /** Writes two lines with a checkpoint in between; the first attempt waits at a gate. */
  function twoLines({
    before,
    after,
  }: {
    before?: ReturnType<typeof createGate>
    after?: ReturnType<typeof createGate>
  }) {
    let attempts = 0
    const caught: unknown[] = []
    const report = doing(async ({ artifact, checkpoint, resumedFrom, headline }) => {
      const attempt = ++attempts
      try {
        const file = await artifact(csv)
        if (resumedFrom === undefined) {
          await file.write('one\n')
          if (attempt === 1) await before?.pass()
          await checkpoint(1)
        }
        await file.write(`two, by ${attempt}\n`)
        if (attempt === 1) await after?.pass()
        await headline(`By ${attempt}.`)
      } catch (error) {
        caught.push(error)
        throw error
      }
    })
    return { report, caught }
  }

  test('does not crash the process if its action did not await a failing call', async () => {
    const gate = createGate()
    let attempts = 0
    const careless = doing(async ({ log }) => {
      if (++attempts > 1) return
      await gate.pass()
      void log('not awaited')
    })
    await using stack = await createRunStack({ database, actions: [careless] })
    const { id } = await stack.start()
    const lost = stack.createWorker(gone).workOn(id)
    await gate.arrived
    await stack.createWorker().workOn(id)

    gate.open()
    await lost // An unhandled rejection would fail the whole run of tests.

    expect(await stack.run(id)).toMatchObject({ state: 'succeeded', attempts: 2 })
  })

  test.for(['before', 'after'] as const)(
    '%s its checkpoint writes nothing more, and no line is repeated',
    async (where) => {
      const gate = createGate()
      const { report, caught } = twoLines({ [where]: gate })
      await using stack = await createRunStack({ database, actions: [report] })
      const { id } = await stack.start()
      const lost = stack.createWorker(gone).workOn(id)
      await gate.arrived

      await stack.createWorker().workOn(id)
      const ended = { run: await stack.run(id), files: await stack.files(id), events: await stack.eventsOf(id) }
      gate.open()
      await lost

      expect(ended).toMatchObject({
        run: { state: 'succeeded', headline: 'By 2.', attempts: 2, epoch: 2 },
        files: { 'report.csv': 'one\ntwo, by 2\n' },
      })
      expect({ run: await stack.run(id), files: await stack.files(id), events: await stack.eventsOf(id) }).toEqual(
        ended,
      )
      expect(caught).toMatchObject([{ name: 'RunStopped' }])
    },
  )

  test('that wakes up while the next one works does not disturb it', async () => {
    const [firstGate, secondGate] = [createGate(), createGate()]
    let attempts = 0
    const report = doing(async ({ artifact, checkpoint, headline, log }) => {
      const attempt = ++attempts
      const file = await artifact(csv)
      await file.write(`line of ${attempt}\n`)
      await (attempt === 1 ? firstGate : secondGate).pass()
      if (attempt === 1) {
        // It does all that an action can, and does not listen.
        await file.write('x'.repeat(300_000)).catch(() => {})
        await artifact({ name: 'other.csv', mediaType: 'text/csv' }).catch(() => {})
        await headline('By the lost one.').catch(() => {})
        await log('By the lost one.').catch(() => {})
        await checkpoint(1).catch(() => {})
        return
      }
      await file.write('y'.repeat(300_000))
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    const lost = stack.createWorker(gone).workOn(id)
    await firstGate.arrived
    const working = stack.createWorker().workOn(id)
    await secondGate.arrived

    firstGate.open()
    await lost
    expect(await stack.run(id)).toMatchObject({ state: 'running', epoch: 2, headline: null, checkpoint: null })
    expect((await stack.eventsOf(id)).map(({ type }) => type)).toEqual(['state', 'state'])
    secondGate.open()
    await working

    expect(await stack.run(id)).toMatchObject({ state: 'succeeded' })
    expect(await stack.files(id)).toEqual({ 'report.csv': `line of 2\n${'y'.repeat(300_000)}` })
    expect((await stack.states(id)).filter((state) => state === 'succeeded')).toHaveLength(1)
  })

  test('that only finished late does not end it a second time', async () => {
    const gate = createGate()
    let attempts = 0
    const report = doing(async ({ artifact }) => {
      const attempt = ++attempts
      await (await artifact(csv)).write(`by ${attempt}`)
      if (attempt === 1) await gate.pass()
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    const lost = stack.createWorker(gone).workOn(id)
    await gate.arrived
    await stack.createWorker().workOn(id)
    const events = await stack.eventsOf(id)

    gate.open()
    await lost

    expect(await stack.eventsOf(id)).toEqual(events)
    expect(await stack.files(id)).toEqual({ 'report.csv': 'by 2' })
  })

  test('cannot end it in between either', async () => {
    await using stack = await createRunStack({ database, actions: [doing(async () => {})] })
    const { id } = await stack.start()
    const lost = await stack.dieWith(id)
    await stack.dieWith(id)

    const moved = await inTransaction(stack.ctx, (tx) =>
      moveRun(tx, { id, accountId: account }, 'fail', { epoch: lost?.epoch ?? 0 }),
    )

    expect(moved).toBeUndefined()
    expect(await stack.run(id)).toMatchObject({ state: 'running' })
  })

  test('a run that keeps crashing its workers is given up, unless it makes progress', async () => {
    await using stack = await createRunStack({ database, actions: [doing(async () => {})] })
    const { id } = await stack.start()
    const die = () => stack.dieWith(id)
    for (let crash = 0; crash <= 5; crash++) await die()
    expect(await stack.run(id)).toMatchObject({ state: 'running', crashes: 5 })
    await die()

    await stack.createWorker().workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'RUN_STUCK' })
  })

  test('a checkpoint resets the count of crashes', async () => {
    await using stack = await createRunStack({ database, actions: [doing(({ checkpoint }) => checkpoint(1))] })
    const { id } = await stack.start()
    for (let crash = 0; crash <= 4; crash++) await stack.dieWith(id)

    await stack.createWorker().workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'succeeded', crashes: 0 })
  })
})

describe('invariant 19: a run that a worker holds', () => {
  test('is claimed by no other worker while that one shows signs of life', async () => {
    const gate = createGate()
    await using stack = await createRunStack({ database, actions: [doing(gate.pass)] })
    const { id } = await stack.start()
    const working = stack.createWorker().workOn(id)
    await gate.arrived

    await stack.createWorker().workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'running', epoch: 1, attempts: 1 })
    expect(await stack.due()).toEqual([])
    gate.open()
    await working
    expect(await stack.run(id)).toMatchObject({ state: 'succeeded', attempts: 1 })
  })

  test('is freed once that one was silent for a while, even if its session is still open', async () => {
    await using stack = await createRunStack({ database, actions: [doing(async () => {})] })
    const { id } = await stack.start()
    const frozen = postgres(database.url, { max: 1, fetch_types: false })
    onTestFinished(() => frozen.end())
    await frozen`select pg_advisory_lock(${advisoryLocks.replicas}, 7)`
    const claim = (replicaId: number) => claimRuns(stack.ctx, { replicaId, limit: 1 })
    const held = { id, accountId: account, epoch: 1, replicaId: 7 }

    expect(await claim(7)).toMatchObject([held])
    expect(await listHeldAndOrphaned(stack.db, 8, 60_000)).toEqual([])
    expect(await claim(8)).toEqual([])
    await vi.waitFor(async () => expect(await listHeldAndOrphaned(stack.db, 8, 1)).toEqual([held]), patiently)
    expect(await freeRun(stack.db, held)).toBe(true)
    expect(await freeRun(stack.db, held)).toBe(false)
    expect(await claim(8)).toMatchObject([{ epoch: 2, replicaId: 8 }])
  })
})

describe('invariant 19: handing over', () => {
  test('returns the run to the queue, and another worker continues from the checkpoint', async () => {
    const gate = createGate()
    const resumed: unknown[] = []
    const report = doing(async ({ artifact, checkpoint, resumedFrom, signal }) => {
      resumed.push(resumedFrom)
      const file = await artifact(csv)
      if (resumedFrom !== undefined) return file.write('two\n')
      await file.write('one\n')
      await checkpoint({ line: 1 })
      await gate.pass()
      signal.throwIfAborted()
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    const leaving = stack.createWorker()
    const working = leaving.workOn(id)
    await gate.arrived
    gate.open()
    const handedOver = leaving.handOver()
    await Promise.all([working, handedOver])

    expect(await stack.run(id)).toMatchObject({ state: 'waiting', reason: null, retries: 0 })
    expect(await stack.run(id)).toMatchObject({ waitingUntil: stack.clock.now() })
    expect(await stack.due()).toEqual([id])
    await stack.createWorker().workOn(id)
    expect(resumed).toEqual([undefined, { line: 1 }])
    expect(await stack.files(id)).toEqual({ 'report.csv': 'one\ntwo\n' })
  })

  test('invariant 23: keeps an answer of Trackunit that is under way, because the request may not be repeated for 15 minutes', async () => {
    await using trackunit = await startStrictTrackunit()
    const gate = createGate()
    const pages: number[] = []
    const report = doing(
      async ({ trackunit, progress, checkpoint, resumedFrom }) => {
        for (let page = Number(resumedFrom ?? 1); page <= 2; page++) {
          await trackunit.get(`/public/api/aemp/v2/15143/-3/Fleet/${page}`)
          pages.push(page)
          await progress({ done: page, total: 2, message: 'pages' })
          await checkpoint(page + 1)
        }
      },
      { scopes: ['asset.view'] },
    )
    /** Answers, and lets the first answer of an API stand at the gate. */
    const gated: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      if (String(input).endsWith('/apptoken')) return answer
      const cut = new Promise<never>((_, reject) => init?.signal?.addEventListener('abort', () => reject(new Error())))
      await Promise.race([gate.pass(), cut])
      return answer
    }
    await using stack = await createRunStack({
      database,
      actions: [report],
      environment: trackunit.environment,
      fetch: gated,
      startsAt: new Date(),
    })
    await stack.install(account, trackunit.installed)
    const { id } = await stack.start()
    const leaving = stack.createWorker()
    const working = leaving.workOn(id)
    await gate.arrived
    const handedOver = leaving.handOver()
    gate.open()
    await Promise.all([working, handedOver])
    expect(await stack.run(id)).toMatchObject({ state: 'waiting', reason: null, checkpoint: { state: 2 } })

    await stack.createWorker().workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'succeeded', attempts: 2 })
    expect(pages).toEqual([1, 2])
    expect(await trackunit.requests()).toMatchObject({ violationCount: 0 })
  })

  test('a run that is claimed while the process stops does not start', async () => {
    let begun = 0
    await using stack = await createRunStack({ database, actions: [doing(async () => void begun++)] })
    const { id } = await stack.start()
    const leaving = stack.createWorker()
    await leaving.handOver()

    await leaving.workOn(id)

    expect(begun).toBe(0)
    expect(await stack.run(id)).toMatchObject({ state: 'waiting' })
    expect(await stack.due()).toEqual([id])
  })
})

test.each([
  {
    what: 'invariant 8: an uninstall that only suspends',
    stop: (stack: RunStack) => stack.suspend(),
    undo: (stack: RunStack) => stack.restore(),
    reason: 'INSTALLATION_UNINSTALLED',
  },
  {
    what: 'a pause',
    stop: (stack: RunStack) => stack.pause(),
    undo: (stack: RunStack) => stack.resume(),
    reason: 'INSTALLATION_PAUSED',
  },
])('$what stops working and waiting runs, which continue when it is undone', async ({ stop, undo, reason }) => {
  const gate = createGate()
  const report = doing(async ({ checkpoint, resumedFrom, signal }) => {
    if (resumedFrom !== undefined) return
    await checkpoint('half')
    await gate.pass()
    signal.throwIfAborted()
  })
  await using stack = await createRunStack({ database, actions: [report] })
  const [working, waiting] = [await stack.start(), await stack.start()]
  const worker = stack.createWorker()
  const work = worker.workOn(working.id)
  await gate.arrived

  await stop(stack)
  await suspendRuns(worker.ctx, account)
  gate.open()
  await work
  expect(await stack.run(working.id)).toMatchObject({
    state: 'waiting',
    reason,
    retries: 0,
  })
  await stack.sql`update runs set waiting_until = now() where waiting_until is not null`
  for (const { id } of [working, waiting]) {
    await worker.workOn(id)
    expect(await stack.run(id)).toMatchObject({ state: id === working.id ? 'waiting' : 'queued' })
  }

  await undo(stack)
  await wakeRuns(stack.ctx, account)
  for (const { id } of [working, waiting]) {
    await worker.workOn(id)
    expect(await stack.run(id)).toMatchObject({ state: 'succeeded' })
  }
})

describe('invariant 8: an uninstall', () => {
  test('stops working and waiting runs with a reason, and erases the files', async () => {
    const gate = createGate()
    const report = doing(async ({ artifact, checkpoint }) => {
      const file = await artifact(csv)
      await file.write('customer data\n')
      await checkpoint('customer data')
      await file.write('more\n')
      await gate.pass()
      await artifact({ name: 'late.csv', mediaType: 'text/csv' })
    })
    await using stack = await createRunStack({ database, actions: [report] })
    const [working, waiting] = [await stack.start(), await stack.start()]
    const work = stack.createWorker().workOn(working.id)
    await gate.arrived

    await stack.uninstall()
    expect(await stack.run(waiting.id)).toMatchObject({ state: 'cancelled', reason: 'INSTALLATION_UNINSTALLED' })
    gate.open()
    await work

    expect(await stack.run(working.id)).toMatchObject({
      state: 'cancelled',
      reason: 'INSTALLATION_UNINSTALLED',
      checkpoint: null,
    })
    expect(await lastEvent(stack, working.id)).toMatchObject({ state: 'cancelled', reason: 'INSTALLATION_UNINSTALLED' })
    expect(
      await stack.sql`select (select count(*)::int from artifacts), (select count(*)::int from artifact_chunks) as chunks`,
    ).toEqual([{ count: 0, chunks: 0 }])
    expect((await stack.eventsOf(working.id)).filter(({ type }) => type === 'artifact')).toEqual([])
  })

  test('erases the files of runs that have ended, and keeps their history', async () => {
    const report = doing(async ({ artifact }) => (await artifact(csv)).write('customer data\n'))
    await using stack = await createRunStack({ database, actions: [report] })
    const { id } = await stack.start()
    await stack.createWorker().workOn(id)

    await stack.uninstall()

    expect(await stack.files(id)).toEqual({})
    expect(await stack.run(id)).toMatchObject({ state: 'succeeded' })
  })
})
