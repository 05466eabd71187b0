// @vitest-environment happy-dom
import { act, createElement } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { Announcer } from './announcer.ts'
import { useAnnouncements } from './use-announcements.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
})
afterEach(() => void vi.useRealTimers())

test('what was announced stays while it is spoken, then it is gone, and the same words are announced again', () => {
  const place = document.createElement('p')
  const root = createRoot(place)
  onTestFinished(() => act(() => root.unmount()))
  const heard: string[] = []
  let announcer: Announcer | undefined
  function Region() {
    const now = useAnnouncements()
    announcer = now.announcer
    if (now.said !== heard.at(-1)) heard.push(now.said)
    return now.said
  }
  act(() => root.render(createElement(Region)))
  const say = () => act(() => announcer?.say('40 of 250 machines'))
  const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms))

  say()
  pass(9_000)
  say()
  pass(9_000)
  expect(place.textContent).toBe('40 of 250 machines')
  pass(1_000)
  expect(place.textContent).toBe('')
  expect(heard).toEqual(['', '40 of 250 machines\u00a0', '40 of 250 machines', ''])
})
