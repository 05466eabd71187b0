import type { Measured } from './compare.ts'

/** Calls a second, one after another, each awaited, for `forMs`. */
export async function inProcessRate(call: () => unknown, { forMs = 400 } = {}): Promise<Measured> {
  const batch = 2_000
  const cpuBefore = process.cpuUsage()
  const startedAtMs = performance.now()
  let calls = 0
  while (performance.now() - startedAtMs < forMs) {
    for (let index = 0; index < batch; index++) await call()
    calls += batch
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  return { value: (calls / (performance.now() - startedAtMs)) * 1_000, cpuMicrosPerRequest: (user + system) / calls }
}
