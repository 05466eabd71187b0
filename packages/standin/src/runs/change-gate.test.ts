import { expect, test } from 'vitest'
import { createChangeGate } from './change-gate.ts'

test('is open inside a change alone, also while others go on beside it', async () => {
  const gate = createChangeGate()
  const middle = Promise.withResolvers<void>()
  const change = gate.inside(async () => {
    await middle.promise
    return gate.isOpen()
  })
  expect(gate.isOpen()).toBe(false)
  middle.resolve()
  expect(await change).toBe(true)
  expect(gate.isOpen()).toBe(false)
})

test('is shut for what a change left behind, and after one that failed', async () => {
  const gate = createChangeGate()
  const later = Promise.withResolvers<void>()
  let left: Promise<boolean> | undefined
  const change = gate.inside(async () => {
    left = later.promise.then(() => gate.isOpen())
    throw new Error('no')
  })
  await expect(change).rejects.toThrow('no')
  later.resolve()
  expect(await left).toBe(false)
})

test('of one run opens nothing for another', async () => {
  const [one, other] = [createChangeGate(), createChangeGate()]
  expect(await one.inside(async () => other.isOpen())).toBe(false)
})
