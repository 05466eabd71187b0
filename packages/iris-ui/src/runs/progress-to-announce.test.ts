import { expect, test } from 'vitest'
import { type Announced, progressToAnnounce } from './progress-to-announce.ts'

test('progress is announced each 10 % and at most each 15 s, but not the first one', () => {
  const heard: number[] = []
  let before: Announced | undefined
  for (let second = 0; second <= 60; second++) {
    const { kept, speak } = progressToAnnounce(before, { done: 20 + second, total: 100, nowMs: second * 1_000 })
    before = kept
    if (speak) heard.push(second)
  }
  expect(heard).toEqual([15, 30, 45, 60])
})

test('nothing is announced while the total is unknown', () => {
  const before = { tenth: 0, atMs: 0 }
  expect(progressToAnnounce(before, { done: 900, total: null, nowMs: 60_000 }).speak).toBe(false)
})
