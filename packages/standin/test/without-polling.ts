import { afterAll, beforeAll } from 'vitest'
import { pollEveryMs } from '../src/accounts/follow-changes.ts'

/** For a whole test file: nothing polls, so what arrives was sent, however long it took. */
export function withoutPolling(): void {
  const { setInterval } = globalThis
  beforeAll(() => {
    const later = (work: () => void, ms?: number, ...given: never[]) =>
      setInterval(work, ms === pollEveryMs ? 2 ** 31 - 1 : ms, ...given)
    globalThis.setInterval = Object.assign(later, setInterval) as typeof setInterval
  })
  afterAll(() => {
    globalThis.setInterval = setInterval
  })
}
