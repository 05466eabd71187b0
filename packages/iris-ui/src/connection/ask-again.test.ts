import { expect, test, vi } from 'vitest'
import { createAskAgain } from './ask-again.ts'

test('several reports of one change cause one request, and the next change another', () => {
  vi.useFakeTimers()
  try {
    const asked: unknown[] = []
    const askAgain = createAskAgain({ invalidateQueries: async (filters) => void asked.push(filters?.queryKey) })
    askAgain(['run', 'list'], ['run', 'latest'])
    askAgain(['run', 'list'])
    askAgain(['action', 'list'])
    expect(asked).toEqual([])
    vi.runAllTimers()
    expect(asked).toEqual([
      ['run', 'list'],
      ['run', 'latest'],
      ['action', 'list'],
    ])
    askAgain(['run', 'list'])
    vi.runAllTimers()
    expect(asked).toHaveLength(4)
  } finally {
    vi.useRealTimers()
  }
})
