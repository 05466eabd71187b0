import { afterAll, beforeAll } from 'vitest'

/** How often streams look by themselves, in case a notification was lost. */
const pollEveryMs = 5_000

/** For a whole test file: nothing looks by itself, so that what is seen was told, however long it took. */
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
