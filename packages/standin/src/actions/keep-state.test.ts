import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Kept, keepState, mistakeInState, readState } from './keep-state.ts'

const schema = z.object({ page: z.number().default(0), seen: z.array(z.string()).default([]) })
type State = z.output<typeof schema>

/** A run whose attempts each begin with what the one before wrote last. */
function createRun(action: { state?: z.ZodObject } = { state: schema }, kept?: Kept) {
  let written = kept
  let writes = 0
  return {
    written: () => written,
    writes: () => writes,
    attempt() {
      const state = readState(action, written)
      if (!state) throw new Error('it cannot go on')
      const write = async (now: Kept) => {
        writes++
        written = JSON.parse(JSON.stringify(now))
      }
      return keepState(action, { kept: written, state: state as State, write })
    },
  }
}
const faulty = (detail: RegExp) => ({ reason: 'ACTION_FAULTY', detail: expect.stringMatching(detail) })

describe('the state of a run', () => {
  test('begins with its defaults, changes by save, and is there in the next attempt', async () => {
    const run = createRun()
    const { state, save } = run.attempt()
    expect(state).toEqual({ page: 0, seen: [] })
    await save({ page: 3 })
    expect(state).toEqual({ page: 3, seen: [] })
    expect(run.attempt().state).toEqual({ page: 3, seen: [] })
  })

  test('does not change if it could not be written', async () => {
    const run = createRun()
    const kept = keepState(
      { state: schema },
      {
        kept: undefined,
        state: schema.parse({}),
        write: () => Promise.reject(new Error('no')),
      },
    )
    await expect(kept.save({ page: 3 })).rejects.toThrow('no')
    expect(kept.state.page).toBe(0)
    expect(run.writes()).toBe(0)
  })

  test('that does not fit its schema is refused when it is saved, naming the field and no value', async () => {
    const run = createRun()
    const { save } = run.attempt()
    await expect(save({ page: 's3cr3t' as never })).rejects.toMatchObject(faulty(/ schema: page\.$/))
    await expect(createRun({}).attempt().save({ page: 1 })).rejects.toMatchObject(faulty(/declares none/))
    expect(run.writes()).toBe(0)
  })

  test('that is too large is refused', async () => {
    await expect(
      createRun()
        .attempt()
        .save({ seen: ['x'.repeat(16_000_000)] }),
    ).rejects.toMatchObject(faulty(/^Its state has 16000\d+ bytes; at most 16000000 are allowed/))
  })

  test('of an earlier version goes on with new defaults and without fields that are gone, or not at all', () => {
    expect(readState({ state: schema }, { state: { page: 2, phase: 'list' } })).toEqual({ page: 2, seen: [] })
    expect(readState({ state: schema }, { state: { page: 'two' } })).toBeUndefined()
    expect(readState({}, { state: { page: 'two' } })).toEqual({})
  })

  test('comes back as it was saved, whatever it holds', async () => {
    const free = z.object({ value: z.json().default(null) })
    await fc.assert(
      // Zod leaves out a field of this name, wherever it comes from.
      fc.asyncProperty(
        fc.jsonValue().filter((value) => !JSON.stringify(value).includes('"__proto__"')),
        async (value) => {
          const run = createRun({ state: free })
          await run.attempt().save({ value } as never)
          expect(run.attempt().state).toEqual({ value: JSON.parse(JSON.stringify(value)) })
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('a durable step', () => {
  test('is done once, and its value is the same in every attempt', async () => {
    const run = createRun()
    let done = 0
    const attempt = () => run.attempt().durable('list', async () => ({ at: new Date(0), nth: ++done, none: undefined }))
    const value = { at: '1970-01-01T00:00:00.000Z', nth: 1 }
    expect(await attempt()).toEqual(value)
    expect(await attempt()).toEqual(value)
    expect(done).toBe(1)
  })

  test.for([undefined, null, 0, false, ''])('that returns %j is not done again', async (value) => {
    const run = createRun()
    let done = 0
    const attempt = () =>
      run.attempt().durable('step', async () => {
        done++
        return value
      })
    expect([await attempt(), await attempt(), done]).toEqual([value, value, 1])
  })

  test('that failed is done again, and goes on from what it saved', async () => {
    const run = createRun()
    const first = run.attempt()
    const failing = first.durable('list', async () => {
      await first.save({ page: 2 })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    const second = run.attempt()
    expect(await second.durable('list', async () => second.state.page)).toBe(2)
  })

  test('keeps what others did, whatever their names', async () => {
    const names = fc.uniqueArray(fc.oneof(fc.string(), fc.constantFrom('toString', 'constructor')), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(names, fc.nat(8), async (steps, dies) => {
        const run = createRun()
        const done: string[] = []
        for (const upTo of [dies, steps.length]) {
          const { durable } = run.attempt()
          for (const name of steps.slice(0, upTo)) await durable(name, async () => void done.push(name))
        }
        expect(done).toEqual(steps)
      }),
      { numRuns: 50 },
    )
  })

  test('whose name comes twice is a mistake: the second would be skipped', async () => {
    const { durable } = createRun().attempt()
    await durable('item', async () => 1)
    await expect(durable('item', async () => 2)).rejects.toMatchObject(faulty(/durable\('item'\) twice/))
  })

  test('works without a state, beside raw checkpoints', async () => {
    const run = createRun({})
    const first = run.attempt()
    await first.checkpoint('12')
    await first.durable('list', async () => 1)
    const second = run.attempt()
    expect(second.resumedFrom).toBe('12')
    expect(await second.durable('list', async () => 2)).toBe(1)
  })
})

test.for([
  { state: undefined, mistake: undefined },
  { state: schema, mistake: undefined },
  { state: z.object({ page: z.number(), at: z.string() }), mistake: /default.*: page, at\.$/ },
  { state: z.object({ at: z.date().optional() }), mistake: /not JSON/ },
])('a mistake in a schema of state is named before the server starts: $mistake', ({ state, mistake }) => {
  if (mistake === undefined) expect(mistakeInState({ state })).toBeUndefined()
  else expect(mistakeInState({ state })).toMatch(mistake)
})
