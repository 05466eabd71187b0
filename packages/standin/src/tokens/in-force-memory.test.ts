import { expect, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { createInForceMemory, type InForce } from './in-force-memory.ts'

/** A memory over a database whose answers the test gives. */
function createHeldMemory() {
  const asked: Array<(generation: number) => void> = []
  const find = () => new Promise<InForce>((resolve) => asked.push((generation) => resolve({ generation } as InForce)))
  const clock = createAdjustableClock()
  const memory = createInForceMemory({ clock, find })
  const generationOf = async (fresh = false) =>
    (await (fresh ? memory.read('account') : memory.get('account'))).generation
  return { asked, clock, memory, generationOf }
}

test('callers that ask while the account is read share that read, and its result is remembered for five seconds', async () => {
  const { asked, clock, generationOf } = createHeldMemory()
  const answers = Promise.all([generationOf(), generationOf(), generationOf()])
  expect(asked).toHaveLength(1)
  asked[0]?.(1)
  expect(await answers).toEqual([1, 1, 1])

  clock.advance(4_999)
  expect(await generationOf()).toBe(1)
  clock.advance(1)
  void generationOf()
  expect(asked).toHaveLength(2)
})

test('invariant 12: a read that began before an announced change is neither shared nor remembered', async () => {
  const { asked, memory, generationOf } = createHeldMemory()
  const before = generationOf()
  memory.forget('account')
  const after = generationOf()
  expect(asked).toHaveLength(2)

  asked[0]?.(1)
  asked[1]?.(2)
  expect([await before, await after, await generationOf()]).toEqual([1, 2, 2])
})

test('a caller that may not use what is remembered reads for itself', () => {
  const { asked, generationOf } = createHeldMemory()
  void generationOf()
  void generationOf(true)
  expect(asked).toHaveLength(2)
})
