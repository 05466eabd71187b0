import { execFile } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findBinaries } from './binaries.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { findPostmaster } from './postmaster-file.ts'

const stopWithinMs = 60_000
const pollMs = 10

/** Fast shutdown: connections are closed, what was committed is written, and the process has ended when this returns. */
export async function stopPostmaster(cluster: string): Promise<void> {
  const postmaster = await findPostmaster(cluster)
  if (!postmaster?.isRunning) return
  await requestFastShutdown(cluster, postmaster.pid)

  const deadline = performance.now() + stopWithinMs
  while (performance.now() < deadline) {
    const found = await findPostmaster(cluster)
    if (!found?.isRunning || found.pid !== postmaster.pid) return
    await setTimeout(pollMs)
  }
  const { pid } = postmaster
  throw new EmbeddedPostgresError(`The embedded PostgreSQL (process ${pid}) did not stop in 60 s: end it by hand`)
}

async function requestFastShutdown(cluster: string, pid: number): Promise<void> {
  // Windows has no signals: Node would end the process at once.
  if (process.platform === 'win32') {
    const { pg_ctl } = await findBinaries(process)
    await promisify(execFile)(pg_ctl, ['stop', '-D', cluster, '-m', 'fast', '-W'])
    return
  }
  try {
    process.kill(pid, 'SIGINT')
  } catch (error) {
    // It has already ended.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
