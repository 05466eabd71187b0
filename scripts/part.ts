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

/** Below the ports that systems give to outgoing connections: one of those could take the port before a server does. */
const ports = { from: 20_000, count: 12_000 }
/** Processes that look for ports at the same time begin at different ones. */
let next = (process.pid * 61) % ports.count

export async function freePort(): Promise<number> {
  for (;;) {
    next = (next + 1) % ports.count
    const port = ports.from + next // Taken before others that ask meanwhile move on.
    if (await parts.isFree(port, '127.0.0.1')) return port
  }
}
