import { expect, test } from 'vitest'
import { createSmallHeap } from './small-heap.ts'

test('the heap is kept small from the start of the first run to the end of the last, also when one fails', async () => {
  const set: number[] = []
  const works = new Map<string, PromiseWithResolvers<string>>()
  const withSmallHeap = createSmallHeap((percent) => void set.push(percent))
  const work = (name: string) =>
    withSmallHeap(() => {
      const gate = Promise.withResolvers<string>()
      works.set(name, gate)
      return gate.promise
    })
  const first = work('first')
  const second = work('second')
  expect(set).toEqual([50])

  works.get('first')?.resolve('done')
  expect(await first).toBe('done')
  expect(set).toEqual([50])

  works.get('second')?.reject(new Error('a mistake'))
  await expect(second).rejects.toThrow('a mistake')
  expect(set).toEqual([50, 0])
})
