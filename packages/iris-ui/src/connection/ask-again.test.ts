import { expect, test, vi } from 'vitest'
import { createAskAgain } from './ask-again.ts'

test('what is told several times at once is asked once, and again after the next change', () => {
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
