import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('hold-embedded-postgres.ts', import.meta.url))

export interface EmbeddedPostgresProcess extends AsyncDisposable {
  readonly url: string
  /** Lets it stop in order, and waits for its end. */
  stop(): Promise<void>
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>
}

/** Another process that starts, or attaches to, the embedded PostgreSQL of a folder; fails with what it said. */
export async function startEmbeddedPostgresProcess(
  dataDir: string,
  environment: Record<string, string> = {},
): Promise<EmbeddedPostgresProcess> {
  const child = spawn(process.execPath, ['--conditions=@standin/source', script, dataDir], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const end = once(child, 'close')
  const url = await Promise.race([firstLine(child), end.then(() => undefined)])
  if (!url) throw new Error(said)

  const stop = async (): Promise<void> => {
    child.stdin.end()
    await end
  }
  return {
    url,
    stop,
    kill: async () => {
      child.kill('SIGKILL')
      await end
    },
    [Symbol.asyncDispose]: stop,
  }
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (!child.stdout) return undefined
  const [line] = await once(createInterface(child.stdout), 'line')
  return line
}
