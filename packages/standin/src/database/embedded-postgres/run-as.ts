import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { nobody, type PostgresAccount } from './postgres-account.ts'

export interface Program {
  readonly file: string
  /** The arguments, given the path by which the program reaches the cluster. */
  readonly args: (cluster: string) => readonly string[]
  readonly cluster: string
}

/** Starts PostgreSQL's programs as the chosen account, with nothing but the given environment. */
export interface RunAs {
  readonly account: PostgresAccount
  /** Runs to the end and returns the standard error. */
  run(program: Program, input?: string): Promise<{ succeeded: boolean; output: string }>
  /** Starts a program that outlives this process; standard output and error go to an open file. */
  launch(program: Program, logDescriptor: number): ChildProcess
}

// In a session of its own: Ctrl+C reaches the whole group, and would stop the database under a live server.
const detached = true

export function createRunAs(account: PostgresAccount, env: Record<string, string>): RunAs {
  const begin = (program: Program, stdio: (number | 'pipe' | 'ignore')[]): ChildProcess => {
    const common = { env, cwd: '/', detached }
    if (account.type === 'own') return spawn(program.file, program.args(program.cluster), { ...common, stdio })
    if (account.type === 'namespace') {
      const args = [...namespaceArguments, program.file, ...program.args(program.cluster)]
      return spawn('unshare', args, { ...common, stdio })
    }
    // Another user may not reach the cluster by its path, below a folder of root's: the program gets it as an open directory.
    const directory = openSync(program.cluster, 'r')
    try {
      const { uid, gid } = account
      const args = program.args(`/proc/self/fd/${stdio.length}`)
      return spawn(program.file, args, { ...common, uid, gid, stdio: [...stdio, directory] })
    } finally {
      closeSync(directory)
    }
  }

  return {
    account,
    async run(program, input = '') {
      const child = begin(program, ['pipe', 'ignore', 'pipe'])
      const exit = once(child, 'exit')
      child.stdin?.on('error', () => {}).end(input)
      const output = child.stderr ? text(child.stderr) : Promise.resolve('')
      const [code] = await exit
      return { succeeded: code === 0, output: await output }
    },
    launch(program, logDescriptor) {
      const child = begin(program, ['ignore', logDescriptor, logDescriptor])
      child.unref()
      return child
    },
  }
}

const namespaceArguments = ['-U', `--map-user=${nobody}`, `--map-group=${nobody}`]

/** Whether a user namespace may be made and PostgreSQL loads within it; the binaries may be another user's alone. */
export async function mayUseNamespace(postgres: string, env: Record<string, string>): Promise<boolean> {
  const child = spawn('unshare', [...namespaceArguments, postgres, '--version'], { env, cwd: '/', stdio: 'ignore' })
  return once(child, 'exit').then(
    ([code]) => code === 0,
    () => false,
  )
}
