import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createRunStack, type RunStack } from '../../test/run-stack.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { withRuns } from '../../test/with-runs.ts'
import { withoutPolling } from '../../test/without-polling.ts'
import { defineAction } from '../actions/define-action.ts'
import { inTransaction } from '../context.ts'
import { appendEvent } from './run-event-store.ts'
import { streamRunEvents } from './run-events.ts'
import type { StoredRunEvent } from './run-table.ts'

withoutPolling()
const database = await createTestDatabase()
afterAll(database.drop)

const report = defineAction({
  id: 'report',
  title: 'Report',
  description: 'A report.',
  input: z.object({}),
  scopes: [],
  changesData: false,
  run: async () => {},
})
const never = new AbortController().signal

/** A run whose events the test writes; it is queued until it is cancelled. */
async function startTold(stack: RunStack) {
  const run = await stack.start({ accountId: randomUUID() })
  const { id, accountId } = run
  const say = (message: string) => inTransaction(stack.ctx, (tx) => appendEvent(tx, run, { type: 'log', message }))
  return { id, accountId, say, end: () => stack.cancel(id) }
}
const isLast = (event: StoredRunEvent) => event.type === 'state' && event.state === 'cancelled'

describe('invariant 21: a reader that reconnects misses no event and sees none twice', () => {
  test('wherever its stream was cut', async () => {
    await using stack = await createRunStack({ database, actions: [report] })
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.array(fc.record({ after: fc.integer({ min: 1, max: 5 }), how: fc.constantFrom('left', 'aborted') }), {
          maxLength: 6,
        }),
        async (messages, cuts) => {
          const told = await startTold(stack)
          const telling = (async () => {
            for (let number = 1; number <= messages; number++) await told.say(`message ${number}`)
            await told.end()
          })()

          const seen: StoredRunEvent[] = []
          for (const cut of [...cuts, { after: Number.POSITIVE_INFINITY, how: 'left' }]) {
            const abort = new AbortController()
            let read = 0
            const afterSeq = seen.at(-1)?.seq ?? 0
            for await (const event of stack.events.stream(told.id, { afterSeq, signal: abort.signal })) {
              seen.push(event)
              if (++read < cut.after) continue
              if (cut.how === 'left') break
              abort.abort()
            }
            if (seen.some(isLast)) break
          }
          await telling

          expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: messages + 2 }, (_, index) => index + 1))
          expect(seen.flatMap((event) => (event.type === 'log' ? [event.message] : []))).toEqual(
            Array.from({ length: messages }, (_, index) => `message ${index + 1}`),
          )
        },
      ),
      { numRuns: 25 },
    )
  })

  test('however many events there were in between', async () => {
    await using stack = await createRunStack({ database, actions: [report] })
    const told = await startTold(stack)
    await stack.sql`insert into run_events (account_id, run_id, seq, body) select account_id, id, n, '{"type":"log","message":"x"}' from runs, generate_series(2, 1200) n`
    await stack.sql`update runs set last_seq = 1200`
    await told.end()

    const seqs: number[] = []
    for await (const { seq } of stack.events.stream(told.id, { afterSeq: 0, signal: never })) seqs.push(seq)

    expect(seqs).toEqual(Array.from({ length: 1201 }, (_, index) => index + 1))
  })

  test('also if an event was announced while the listening connection was lost', async () => {
    await using stack = await createRunStack({ database, actions: [report] })
    const deaf = withRuns(stack.ctx, [report])
    const told = await startTold(stack)
    const stream = streamRunEvents(deaf, told, { afterSeq: 1, signal: never })
    const next = stream.next()
    await told.say('while not listening')
    deaf.runs.feeds.wakeAll() // As if it listened again.

    expect(await next).toMatchObject({ value: { seq: 2, message: 'while not listening' } })
    await stream.return(undefined)
  })
})

describe('a stream ends', () => {
  test('after the final state, which is the last event', async () => {
    await using stack = await createRunStack({ database, actions: [report] })
    const told = await startTold(stack)
    await told.end()

    const events: StoredRunEvent[] = []
    for await (const event of stack.events.stream(told.id, { afterSeq: 0, signal: never })) events.push(event)

    expect(events).toMatchObject([{ state: 'queued' }, { state: 'cancelled' }])
  })

  test.for([
    { title: 'the final state was seen already', afterSeq: 2 },
    { title: 'more was seen than there is', afterSeq: 99 },
  ])('at once where $title', async ({ afterSeq }) => {
    await using stack = await createRunStack({ database, actions: [report] })
    const told = await startTold(stack)
    await told.end()

    expect(await stack.events.stream(told.id, { afterSeq, signal: never }).next()).toEqual({
      done: true,
      value: undefined,
    })
  })

  test('at once if the run does not exist', async () => {
    await using stack = await createRunStack({ database, actions: [report] })
    expect(await stack.events.stream(randomUUID(), { afterSeq: 0, signal: never }).next()).toMatchObject({ done: true })
  })

  test('when the right to read ends, also while nothing happens', async () => {
    await using stack = await createRunStack({ database, actions: [report] })
    const told = await startTold(stack)
    const abort = new AbortController()
    const stream = stack.events.stream(told.id, { afterSeq: 1, signal: abort.signal })

    const next = stream.next()
    abort.abort()

    expect(await next).toMatchObject({ done: true })
  })

  test('when the right to read ends, also in the middle of older events', async () => {
    await using stack = await createRunStack({ database, actions: [report] })
    const told = await startTold(stack)
    await told.say('one')
    await told.say('two')
    const abort = new AbortController()
    const stream = stack.events.stream(told.id, { afterSeq: 0, signal: abort.signal })
    await stream.next()

    abort.abort()

    expect(await stream.next()).toMatchObject({ done: true })
  })
})
