import { expect, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { createInForceMemory, type InForce } from './in-force-memory.ts'

/** A memory over a database whose answers are held back until the test gives them. */
function createHeldMemory() {
  const asked: Array<(generation: number) => void> = []
  const find = () => new Promise<InForce>((resolve) => asked.push((generation) => resolve({ generation } as InForce)))
  const clock = createAdjustableClock()
  const memory = createInForceMemory({ clock, find })
  const generationOf = async (fresh = false) => (await memory.get('account', { fresh })).generation
  return { asked, clock, memory, generationOf }
}

test('whoever asks while the account is read shares that read, and what it brought is remembered for five seconds', async () => {
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

test('invariant 12: nobody shares a read that began before a change that was heard of, nor remembers what it brought', async () => {
  const { asked, memory, generationOf } = createHeldMemory()
  const before = generationOf()
  memory.forget('account')
  const after = generationOf()
  expect(asked).toHaveLength(2)

  asked[0]?.(1)
  asked[1]?.(2)
  expect([await before, await after, await generationOf()]).toEqual([1, 2, 2])
})

test('whoever was refused what is remembered reads for themselves', () => {
  const { asked, generationOf } = createHeldMemory()
  void generationOf()
  void generationOf(true)
  expect(asked).toHaveLength(2)
})
