import { randomUUID } from 'node:crypto'
import type { BenchStack } from '../bench-stack.ts'
import type { Comparison, Measured } from '../compare.ts'
import { cpuMicrosOf } from '../http-rate.ts'
import { type Asked, rateOf } from '../request-times.ts'

const perRound = 400

/** Callbacks of accounts that never installed before: verified, sealed and committed before they are answered. */
export function callbackOverHttp({ servers: [server], reference, simulator, control }: BenchStack): Comparison[] {
  const measure = async (url: string, pid: number): Promise<Measured> => {
    const asked = await callbacks(url)
    // Proving the credentials is no part of the answer: it goes on behind it, and would be measured with it.
    await control('faults', { apptoken: { delayMs: 8_000 } }, 'PUT')
    const cpuBefore = cpuMicrosOf(pid)
    const value = await rateOf(asked)
    const cpu = cpuMicrosOf(pid)
    return {
      value,
      ...(cpu !== undefined && cpuBefore !== undefined && { cpuMicrosPerRequest: (cpu - cpuBefore) / perRound }),
    }
  }

  async function callbacks(url: string): Promise<Asked[]> {
    const { irisAppId } = (await (await fetch(`${simulator}/control/manifest`)).json()) as { irisAppId: string }
    const made: Asked[] = []
    for (let index = 0; index < perRound; index++) {
      const accountId = randomUUID()
      const body = JSON.stringify({
        ...{ accountId, irisAppId, type: 'INSTALLED', clientId: `0oa${index}`, clientSecret: randomUUID() },
      })
      const { identity } = await control<{ identity: string }>('sign', { accountId })
      made.push({ url, body, headers: { 'content-type': 'application/json', 'trackunit-identity': identity } })
    }
    return made
  }

  const ours = () => measure(`${server?.url}/trackunit/callback`, server?.part.pid ?? 0)
  const bare = () => measure(`${reference.url}/callback`, reference.pid)
  return [
    {
      id: 'callback-over-http',
      name: 'a callback over HTTP: verified, sealed, committed, then 2xx',
      unit: 'callbacks/s',
      goal: 0.6,
      stretch: 1.3,
      better: 'more',
      subject: { name: 'POST /trackunit/callback', warmUp: async () => void (await ours()), measure: ours },
      reference: {
        name: 'jose and one INSERT behind a bare route',
        warmUp: async () => void (await bare()),
        measure: bare,
      },
    },
  ]
}
