import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tokenAnswer } from '../../test/played-trackunit.ts'
import { createRunStack, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { type AnyAction, defineAction, type RunContext } from '../actions/define-action.ts'
import { StandinError } from '../standin-error.ts'
import { ActionFailed } from './action-failed.ts'
import { whatToDo } from './run-effects.ts'

const database = await createTestDatabase()
afterAll(database.drop)

type Work = (context: RunContext<Record<string, unknown>>) => Promise<void>
const changing = (run: Work, change: Partial<AnyAction> = {}): AnyAction => ({
  ...defineAction({
    id: 'clear',
    title: 'Clear',
    description: 'Clears.',
    input: z.object({ site: z.string().optional() }),
    scopes: ['a'],
    changesData: true,
    run,
  }),
  ...change,
})

/** A preview that finds three things, and an applied run that does what the test says. */
const clearing = (apply: Work) =>
  changing(async (context) => {
    if (context.mode === 'apply') return apply(context)
    await context.result.columns([{ key: 'name', title: 'Name', kind: 'text' }])
    await context.result.rows(['a', 'b', 'c'].map((id) => ({ id, cells: { name: id } })))
    await context.checkpoint({ ids: ['a', 'b', 'c'] })
  })

async function previewed(action: AnyAction) {
  const stack = await createRunStack({ database, actions: [action] })
  const worker = stack.createWorker()
  const preview = await stack.start({ mode: 'preview' })
  await worker.workOn(preview.id)
  return { stack, worker, preview, apply: { previewRunId: preview.id } }
}

describe('invariant 19: an effect', () => {
  test('is made once, however often its run is attempted', async () => {
    const done: string[] = []
    let attempts = 0
    const { stack, worker, apply } = await previewed(
      clearing(async ({ effect, preview }) => {
        const found = z.object({ ids: z.array(z.string()) }).parse(preview?.checkpoint)
        for (const id of found.ids) await effect({ key: id, do: async () => done.push(id) })
        if (++attempts === 1) throw new StandinError('TRACKUNIT_UNAVAILABLE')
      }),
    )
    await using _ = stack
    const { id } = await stack.start(apply)
    await worker.workOn(id)
    await worker.workOn(id)

    expect(await stack.run(id)).toMatchObject({ state: 'succeeded', attempts: 2 })
    expect(done).toEqual(['a', 'b', 'c'])
    const changes = ['change.made', 'change.made', 'change.made', 'run.changed']
    expect(await stack.audit(id)).toEqual(['run.applied', ...changes, 'run.succeeded'])
  })

  test('that was made but whose answer was lost is found, and not made again', async () => {
    const world = new Set<string>()
    const outcomes: unknown[] = []
    const { stack, worker, apply } = await previewed(
      clearing(async ({ effect }) => {
        const outcome = await effect({
          key: 'a',
          find: async () => (world.has('a') ? 'found' : undefined),
          do: async () => {
            if (world.has('a')) throw new Error('made twice')
            world.add('a')
            throw new StandinError('TRACKUNIT_UNAVAILABLE')
          },
        })
        outcomes.push(outcome)
      }),
    )
    await using _ = stack
    const { id } = await stack.start(apply)
    await worker.workOn(id)
    await worker.workOn(id)

    expect(outcomes).toEqual(['found'])
    expect(await stack.run(id)).toMatchObject({ state: 'succeeded' })
  })

  test('whose outcome is unknown is not repeated, and the run says so', async () => {
    let tries = 0
    const { stack, worker, apply } = await previewed(
      clearing(async ({ effect }) => {
        await effect({
          key: 'a',
          do: async () => {
            tries++
            throw new StandinError('TRACKUNIT_UNAVAILABLE')
          },
        })
      }),
    )
    await using _ = stack
    const { id } = await stack.start(apply)
    await worker.workOn(id)
    await worker.workOn(id)

    expect(tries).toBe(1)
    expect(await stack.run(id)).toMatchObject({ state: 'failed', reason: 'EFFECT_UNKNOWN' })
  })

  test('waits while its process may be considered dead, and is made once the database has heard from it', async () => {
    const gate = Promise.withResolvers<void>()
    const done: number[] = []
    let silentMs = 1_001
    const waits = Promise.withResolvers<void>()
    const silentForMs = () => {
      if (silentMs > 1_000) waits.resolve()
      return silentMs
    }
    const action = clearing(async ({ effect }) => {
      await effect({ key: 'a', do: async () => void done.push(silentMs) })
      gate.resolve()
    })
    const { stack, apply } = await previewed(action)
    await using _ = stack
    const { id } = await stack.start(apply)
    const working = stack.createWorker({ silentForMs }).workOn(id)
    await waits.promise
    silentMs = 999
    await gate.promise
    await working

    expect(done).toEqual([999])
  })

  test('is not made by a process that was silent for so long that another one has its run', async () => {
    const done: string[] = []
    let isAnother = false
    const action = clearing(async ({ effect }) => {
      const by = isAnother ? 'the other' : 'the silent one'
      await effect({ key: 'a', find: async () => undefined, do: async () => void done.push(by) })
    })
    const { stack, worker, apply } = await previewed(action)
    await using _ = stack
    const { id } = await stack.start(apply)
    const waits = Promise.withResolvers<void>()
    let silentMs = 1_001
    const silentForMs = () => {
      waits.resolve()
      return silentMs
    }
    const working = stack.createWorker({ replicaId: 1, silentForMs }).workOn(id)
    await waits.promise
    isAnother = true
    await worker.workOn(id)
    silentMs = 0
    await working

    expect(done).toEqual(['the other'])
    expect(await stack.run(id)).toMatchObject({ state: 'succeeded', attempts: 2 })
  })

  test.for([
    { state: 'done', same: true, canLook: true, what: 'done already' },
    { state: 'put-off', same: true, canLook: false, what: 'do' },
    { state: 'refused', same: true, canLook: true, what: 'refused already' },
    { state: 'refused', same: false, canLook: true, what: 'do' },
    { state: 'meant', same: true, canLook: true, what: 'look' },
    { state: 'meant', same: false, canLook: false, what: 'unknown' },
  ] as const)('that is $state, asked for by the same run: $same, is: $what', ({ state, same, canLook, what }) => {
    expect(whatToDo({ state, runId: 'one' }, { runId: same ? 'one' : 'other', canLook })).toBe(what)
  })

  test('cannot be made in a preview, nor by an action that says that it changes nothing', async () => {
    const done: string[] = []
    const work: Work = ({ effect }) => effect({ key: 'a', do: async () => void done.push('a') })
    const { stack, preview } = await previewed(changing(work))
    await using _ = stack
    const failed = { state: 'failed', reason: 'ACTION_FAULTY' }
    expect(await stack.run(preview.id)).toMatchObject(failed)

    await using other = await createRunStack({ database, actions: [changing(work, { changesData: false })] })
    const { id } = await other.start()
    await other.createWorker().workOn(id)
    expect(await other.run(id)).toMatchObject(failed)
    expect(done).toEqual([])
  })
})

describe('invariant 29: a run changes data inside effect alone', () => {
  const mutation = 'mutation Dismiss { dismiss { ok } }'

  test.for<[string, Work, string[]]>([
    ['a mutation', async ({ trackunit }) => void (await trackunit.graphql(mutation)), []],
    ['a DELETE', async ({ trackunit }) => void (await trackunit.delete('/api/orders/1')), []],
    [
      'what effect left behind',
      async ({ trackunit, effect }) => {
        const after = Promise.withResolvers<void>()
        let late: Promise<unknown> = Promise.resolve()
        await effect({
          key: 'a',
          do: async () => {
            late = after.promise.then(() => trackunit.graphql(mutation))
          },
        })
        after.resolve()
        await late
      },
      [],
    ],
    [
      'a mutation inside',
      ({ trackunit, effect }) => effect({ key: 'a', do: async () => void (await trackunit.graphql(mutation)) }),
      ['/api/graphql/'],
    ],
  ])('%s, in a preview and when applied', async ([, work, sentWhenApplied]) => {
    const sent: string[] = []
    const fetch: typeof globalThis.fetch = async (address, init) => {
      const { pathname } = new URL(String(address))
      if (pathname.endsWith('/apptoken')) return tokenAnswer({ scopes: ['a'] })
      sent.push(pathname)
      return Response.json({ data: { ok: init?.method } })
    }
    let listed = false
    const action = changing(async (context) => {
      if (context.mode === 'apply' || listed) return work(context)
      listed = true
    })
    await using stack = await createRunStack({ database, actions: [action], fetch })
    const worker = stack.createWorker()
    const good = await stack.start({ mode: 'preview' })
    await worker.workOn(good.id)
    const bad = await stack.start({ mode: 'preview' })
    await worker.workOn(bad.id)
    expect(await stack.run(bad.id)).toMatchObject({ state: 'failed', reason: 'ACTION_FAULTY' })
    expect(sent).toEqual([])

    const applied = await stack.start({ previewRunId: good.id })
    await worker.workOn(applied.id)
    const isFine = sentWhenApplied.length > 0
    expect((await stack.run(applied.id)).reason).toBe(isFine ? null : 'ACTION_FAULTY')
    expect(sent).toEqual(sentWhenApplied)
  })
})

test.for([
  { retry: 'never', again: 'refused', tries: 1, outcome: { state: 'failed', reason: 'ACTION_FAILED' } },
  { retry: 'soon', again: 'made', tries: 2, outcome: { state: 'succeeded' } },
] as const)(
  'a change whose action says that it failed, $retry, is $again when it is asked for again',
  async (given) => {
    let tries = 0
    const { stack, worker, apply } = await previewed(
      clearing(async ({ effect }) => {
        const change = () =>
          effect({
            key: 'a',
            async do() {
              if (++tries === 1) throw new ActionFailed('Order 77 is closed', { retry: given.retry })
            },
          })
        await change().catch(() => {})
        await change()
      }),
    )
    await using _ = stack
    const { id } = await stack.start(apply)
    await worker.workOn(id)

    expect(tries).toBe(given.tries)
    const run = await stack.run(id)
    expect(run).toMatchObject(given.outcome)
    expect(run.failure).toBe(given.retry === 'never' ? 'Order 77 is closed' : null)
  },
)

describe('invariant 18: each change that a run makes in Trackunit leaves an audit entry', () => {
  const rowsOf = ({ sql }: RunStack) =>
    sql`select actor_kind, actor_id, event, details from audit_entries where event ~ '^change|changed$' order by id`
  const change = (event: string, key: string, more: object = {}) => ({
    actor_kind: 'service',
    actor_id: 'reports',
    event,
    details: { runId: expect.any(String), actionId: 'clear', key, description: `clear ${key}`, ...more },
  })
  const clear = (key: string, work: () => Promise<unknown>) => ({ key, describe: `clear ${key}`, do: work })

  test('with its outcome, in the name of the person or service that started it; the run sums them up', async () => {
    const { stack, worker, apply } = await previewed(
      clearing(async ({ effect }) => {
        await effect(clear('a', async () => 'cleared'))
        const refusal = new StandinError('TRACKUNIT_REFUSED')
        await effect(clear('b', () => Promise.reject(refusal))).catch(() => {})
        await effect(clear('c', () => Promise.reject(new StandinError('TRACKUNIT_RATE_LIMITED')))).catch(() => {})
        // It accepts no token for now, and has not judged the change.
        const forNow = new StandinError('TRACKUNIT_REFUSED', { retryAfterMs: 30_000 })
        await effect(clear('e', () => Promise.reject(forNow))).catch(() => {})
        await effect(clear('d', () => Promise.reject(new Error('no answer'))))
      }),
    )
    await using _ = stack
    const { id: runId } = await stack.start(apply)
    await worker.workOn(runId)

    expect(await rowsOf(stack)).toEqual([
      change('change.made', 'a'),
      change('change.refused', 'b', { reason: 'TRACKUNIT_REFUSED' }),
      change('change.unknown', 'd'),
      {
        actor_kind: 'service',
        actor_id: 'reports',
        event: 'run.changed',
        details: { runId, actionId: 'clear', made: 1, refused: 1, unknown: 1 },
      },
    ])
  })

  test('also if it is found to have been made already; once, however often the run is attempted', async () => {
    const { stack, worker, apply } = await previewed(
      clearing(async ({ effect }) => {
        await effect({
          ...clear('a', () => Promise.reject(new StandinError('TRACKUNIT_UNAVAILABLE'))),
          find: async () => 'found',
        })
        throw new StandinError('TRACKUNIT_UNAVAILABLE')
      }),
    )
    await using _ = stack
    const { id } = await stack.start(apply)
    for (let attempt = 0; attempt < 3; attempt++) await worker.workOn(id)
    await stack.cancel(id)

    const [made, sum, ...more] = await rowsOf(stack)
    expect(made).toEqual(change('change.made', 'a'))
    expect(sum).toMatchObject({ event: 'run.changed', details: { made: 1, refused: 0, unknown: 0 } })
    expect(more).toEqual([])
  })

  test('in the same statement as its outcome: both exist, or neither', async () => {
    const { stack, worker, apply } = await previewed(
      clearing(({ effect }) => effect(clear('a', async () => 'cleared')).then(() => {})),
    )
    await using _ = stack
    const { id } = await stack.start(apply)
    await stack.sql`create or replace function refuse() returns trigger language plpgsql as $$
      begin if new.event = 'change.made' then raise 'no'; end if; return new; end $$`
    await stack.sql`create trigger refuse before insert on audit_entries for each row execute function refuse()`

    await worker.workOn(id).finally(() => stack.sql`drop function refuse cascade`)

    expect(await stack.sql`select state, outcome from run_effects`).toEqual([{ state: 'meant', outcome: null }])
    expect(await stack.audit(id)).toContain('change.unknown')
  })
})

describe('a change is applied with its preview', () => {
  test('without the rows that were left out, which the audit names; what the preview does not list is refused', async () => {
    const read: unknown[] = []
    const { stack, worker, apply } = await previewed(
      clearing(async ({ preview }) => {
        for await (const rows of preview?.rows() ?? []) read.push(rows.map(({ id }) => id))
        for await (const rows of preview?.leftOut() ?? []) read.push(rows.map(({ id }) => id))
        read.push(await preview?.countRows())
      }),
    )
    await using _ = stack
    const refusals = [
      [{ ...apply, leaveOut: ['b', 'x', 'y'] }, 'leaveOut: the preview has no row "x", "y".'],
      [
        { ...apply, leaveOut: ['a', 'b', 'c'] },
        'leaveOut: it names every row of the preview, so nothing would be changed.',
      ],
      [{ mode: 'preview', leaveOut: ['a'] }, 'Only a run that applies a preview can leave rows out.'],
    ] satisfies Array<[Parameters<typeof stack.start>[0], string]>
    for (const [asked, detail] of refusals)
      await expect(stack.start(asked)).rejects.toMatchObject({
        reason: 'INPUT_INVALID',
        detail,
      })

    const idempotencyKey = 'left-out-once'
    const { id } = await stack.start({ ...apply, idempotencyKey, leaveOut: ['b', 'b'] })
    await expect(stack.start({ ...apply, idempotencyKey })).rejects.toMatchObject({ reason: 'IDEMPOTENCY_KEY_REUSED' })
    await worker.workOn(id)
    expect(read).toEqual([['a', 'c'], ['b'], 2])
    expect(await stack.run(id)).toMatchObject({ state: 'succeeded', leaveOut: ['b'] })
    const [applied] =
      await stack.sql`select details from audit_entries where event = 'run.applied' and details ->> 'runId' = ${id}`
    expect(applied?.details).toMatchObject({ leaveOut: ['b'] })
  })

  test('whose rows and checkpoint the applied run reads', async () => {
    const read: unknown[] = []
    const { stack, worker, apply } = await previewed(
      clearing(async ({ preview }) => {
        read.push(preview?.checkpoint)
        for await (const rows of preview?.rows() ?? []) read.push(rows.map(({ id }) => id))
      }),
    )
    await using _ = stack
    await worker.workOn((await stack.start(apply)).id)
    expect(read).toEqual([{ ids: ['a', 'b', 'c'] }, ['a', 'b', 'c']])
  })

  test('and not with another one', async () => {
    const { stack, worker, preview, apply } = await previewed(clearing(async () => {}))
    await using _ = stack
    const refused = { reason: 'PREVIEW_REQUIRED' }
    await expect(stack.start()).rejects.toMatchObject(refused)
    const differs = { ...refused, detail: 'Its preview had other input: site.' }
    await expect(stack.start({ ...apply, input: { site: 'x' } })).rejects.toMatchObject(differs)
    await expect(stack.start({ previewRunId: crypto.randomUUID() })).rejects.toMatchObject(refused)
    const unfinished = await stack.start({ mode: 'preview' })
    await expect(stack.start({ previewRunId: unfinished.id })).rejects.toMatchObject(refused)
    await worker.workOn(unfinished.id)
    await stack.sql`update runs set ended_at = now() - interval '25 hours' where id = ${preview.id}`
    await expect(stack.start(apply)).rejects.toMatchObject(refused)
    expect(await stack.start({ previewRunId: unfinished.id })).toMatchObject({ state: 'queued' })
    await expect(stack.start({ previewRunId: unfinished.id })).rejects.toMatchObject(refused) // Not used twice.
  })
})

describe('a run that is started again', () => {
  test('makes only the changes that are left', async () => {
    const done: string[] = []
    let isBroken = true
    const { stack, worker, apply } = await previewed(
      clearing(async ({ effect }) => {
        await effect({ key: 'a', do: async () => done.push('a') })
        if (isBroken) throw new Error('no')
        await effect({ key: 'b', do: async () => done.push('b') })
      }),
    )
    await using _ = stack
    const first = await stack.start(apply)
    await expect(stack.retry(first.id)).rejects.toMatchObject({ reason: 'RUN_NOT_ENDED' })
    await worker.workOn(first.id)
    isBroken = false
    const again = await stack.retry(first.id, 'the-key-of-the-retry')
    expect((await stack.retry(first.id, 'the-key-of-the-retry')).id).toBe(again.id)
    await worker.workOn(again.id)

    expect(await stack.run(again.id)).toMatchObject({ state: 'succeeded', retryOf: first.id, ...apply })
    expect(done).toEqual(['a', 'b'])
    await expect(stack.retry(first.id)).rejects.toMatchObject({ reason: 'PREVIEW_REQUIRED' }) // It is done.
  })

  test('and only reads is a new run with the same input', async () => {
    const action = changing(async () => {}, { changesData: false })
    await using stack = await createRunStack({ database, actions: [action] })
    const first = await stack.start({ input: { site: 'x' } })
    await stack.createWorker().workOn(first.id)
    const again = await stack.retry(first.id)

    expect(again).toMatchObject({ input: { site: 'x' }, retryOf: first.id, state: 'queued' })
    expect(again.id).not.toBe(first.id)
    await expect(stack.retry(crypto.randomUUID())).rejects.toMatchObject({ reason: 'RUN_NOT_FOUND' })
  })
})
