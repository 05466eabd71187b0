import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

export interface Part {
  name: string
  pid: number
  /** The file that it runs. */
  file: string
  /** Resolves with the exit code, also after a signal. */
  ended: Promise<number>
  stop(): Promise<void>
}

export interface PartOptions {
  name: string
  /** A file, with its arguments. */
  command: readonly [file: string, ...rest: string[]]
  environment?: Readonly<Record<string, string | undefined>>
  cwd: string
  /** Called with each line of standard output and error. */
  onLine?: (line: string) => void
}

/** Starts a part of the product as a process of its own, with the flags that this Node was started with. */
export function startPart({ name, command, environment = {}, cwd, onLine = () => {} }: PartOptions): Part {
  const child = spawn(process.execPath, [...process.execArgv, ...command], {
    cwd,
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl+C reaches the whole group: the parts are ended here, in order, not all at once.
    detached: process.platform !== 'win32',
  })
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)
  const ended = exitCodeOf(child)
  return {
    name,
    ended,
    pid: child.pid ?? -1,
    file: command[0],
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function exitCodeOf(child: ChildProcess): Promise<number> {
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

/** Runs a part to its end. @returns what it wrote to standard output @throws Error with what it wrote to standard error */
export async function runPart({
  command,
  environment = {},
  cwd,
}: Omit<PartOptions, 'name' | 'onLine'>): Promise<string> {
  const child = spawn(process.execPath, [...process.execArgv, ...command], { cwd, env: { ...environment } })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => out.push(piece))
  child.stderr.on('data', (piece: Buffer) => err.push(piece))
  const [code] = await once(child, 'close')
  if (code !== 0) {
    const said = Buffer.concat(err.length > 0 ? err : out)
      .toString()
      .trim()
    throw new Error(said || `${command[0]} ended with ${code}`)
  }
  return Buffer.concat(out).toString().trim()
}

/** Asks until the answer is yes. @param what names it in the error @throws Error if the answer stays no for `timeoutMs` */
export async function until(
  what: string | (() => string),
  ask: () => Promise<boolean>,
  { timeoutMs = 60_000, everyMs = 50 } = {},
): Promise<void> {
  const endsAtMs = performance.now() + timeoutMs
  while (performance.now() < endsAtMs) {
    if (await ask().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  throw new Error(`${typeof what === 'string' ? what : what()} did not happen within ${timeoutMs / 1_000} seconds`)
}

export const answers = async (url: string): Promise<boolean> =>
  (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok

/** Whether a port of this machine is free. */
export async function isFree(port: number, host: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const probe = createServer()
  probe.once('error', () => resolve(false))
  probe.listen(port, host, () => probe.close(() => resolve(true)))
  return promise
}
