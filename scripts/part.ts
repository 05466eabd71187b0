import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import * as parts from '../packages/standin/src/dev/part.ts'

export type { Part } from '../packages/standin/src/dev/part.ts'
export { answers, isFree, until } from '../packages/standin/src/dev/part.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

export type PartOptions = Omit<parts.PartOptions, 'cwd'> & { cwd?: string }

/** Starts a part of the product as a process of its own, from its sources. Its file is one below the root. */
export const startPart = ({ cwd = root, environment = {}, ...part }: PartOptions): parts.Part =>
  // There is no balancer that must notice the end of a part.
  parts.startPart({ ...part, cwd, environment: { DRAIN_DELAY_S: '0', ...process.env, ...environment } })

/** Runs a part to its end. @returns what it wrote to standard output @throws Error with what it wrote to standard error */
export const runPart = (
  command: PartOptions['command'],
  { environment = {}, cwd = root }: Pick<PartOptions, 'environment' | 'cwd'> = {},
): Promise<string> => parts.runPart({ command, cwd, environment: { ...process.env, ...environment } })

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}
