import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'
import type { Measured } from './compare.ts'

export interface HttpLoad {
  url: string
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  /** Of the process that answers; its CPU is reported for each request. */
  pid: number
  connections?: number
  durationS?: number
  /** How many things one request asks for: a batch counts as its members. */
  perRequest?: number
}

/**
 * Requests (or their members) a second over HTTP.
 * @throws Error when one of them was refused: an error page is quicker than an answer, and would look like a record
 */
export async function httpRate({
  pid,
  connections = 64,
  durationS = 2,
  perRequest = 1,
  ...request
}: HttpLoad): Promise<Measured> {
  const cpuBefore = cpuMicrosOf(pid)
  const result = await autocannon({ ...request, connections, duration: durationS })
  const answered = result['2xx']
  if (result.non2xx > 0 || result.errors > 0 || answered === 0)
    throw new Error(`${request.url}: ${result.non2xx} refused, ${result.errors} failed, ${answered} answered`)
  const cpu = cpuMicrosOf(pid)
  return {
    value: (answered * perRequest) / result.duration,
    ...(cpu !== undefined &&
      cpuBefore !== undefined && { cpuMicrosPerRequest: (cpu - cpuBefore) / (answered * perRequest) }),
  }
}

/** User and system time that a process has taken, in microseconds; undefined if the system does not report it. */
export function cpuMicrosOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000 // Ticks of a hundredth of a second.
}
