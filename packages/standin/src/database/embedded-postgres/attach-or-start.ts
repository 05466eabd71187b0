import { setTimeout } from 'node:timers/promises'
import { applicationUrl, type ClusterCredentials } from './credentials-file.ts'
import type { EmbeddedFolder } from './embedded-folder.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import { failureLine } from './failure-line.ts'
import type { Launched } from './launch-postmaster.ts'
import { disownPostmasterFile, findPostmaster, isAlive } from './postmaster-file.ts'
import { joinPresence, type Presence } from './presence.ts'

export interface AttachOrStart {
  readonly folder: EmbeddedFolder
  readonly credentials: ClusterCredentials
  /** Starts PostgreSQL, on the given port if it is free, or else on a free one. */
  readonly launch: (wish: { port: number | undefined }) => Promise<Launched>
  /** Called once when PostgreSQL dies while this process is attached. */
  readonly onLost: () => void
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export interface Attached {
  readonly port: number
  readonly presence: Presence
}

// Long enough for a recovery after a crash with much to redo.
const readyWithinMs = 10 * 60_000
const speakAfterMs = 3_000
const pollMs = 20
const maxPauseMs = 1_000

/** Joins the PostgreSQL that runs in the folder, or starts it. If several start at once, PostgreSQL's own lock lets one win. */
export async function attachOrStart(options: AttachOrStart): Promise<Attached> {
  const { folder, credentials, launch, onLost, log, signal } = options
  const begunAtMs = performance.now()
  let launched: Launched | undefined
  let pauseMs = pollMs
  let waitsFor = 'it is starting'
  let hasSpoken = false

  for (;;) {
    const found = await findPostmaster(folder.cluster)
    if (found?.isRunning) {
      const joining = await joinPresence(applicationUrl(credentials, found.port, 'postgres'), onLost)
      if (joining.type === 'joined') return { port: found.port, presence: joining.presence }
      if (joining.type === 'refused') throw refused(folder, joining.reason)
      waitsFor = joining.reason
    } else if (!launched || launched.hasExited()) {
      if (launched) {
        waitsFor = reasonToTryAgain(await launched.output(), folder)
        pauseMs = Math.min(pauseMs * 2, maxPauseMs)
      }
      if (found && isAlive(found.pid)) await disownPostmasterFile(folder.cluster)
      // A server that died keeps its port, so that attached processes find it again.
      launched = await launch({ port: launched ? undefined : found?.port })
    }

    const waitedMs = performance.now() - begunAtMs
    if (waitedMs > readyWithinMs) throw new EmbeddedPostgresError(failureLine(waitsFor, folder.root))
    if (waitedMs > speakAfterMs && !hasSpoken) {
      hasSpoken = true
      log(`Waiting for the embedded PostgreSQL in ${folder.root} (${waitsFor}); it logs to ${folder.log}`)
    }
    await setTimeout(pauseMs, undefined, { signal })
  }
}

/** Temporary problems: another start was faster, processes of the last one are ending, or the port was taken. */
const passing = /lock file .* already exists|pre-existing shared memory block|could not create any TCP\/IP sockets/

function reasonToTryAgain(output: string, folder: EmbeddedFolder): string {
  const reason = passing.exec(output)?.[0]
  if (!reason) throw new EmbeddedPostgresError(failureLine(output, folder.root))
  return reason
}

function refused(folder: EmbeddedFolder, reason: string): EmbeddedPostgresError {
  const { root, credentials } = folder
  return new EmbeddedPostgresError(
    `The embedded PostgreSQL does not take the password in ${credentials} (${reason}): restore that file, remove ${root} to begin with an empty database`,
  )
}
