import { setTimeout } from 'node:timers/promises'
import { type Attached, type AttachOrStart, attachOrStart } from './attach-or-start.ts'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import type { Launched } from './launch-postmaster.ts'
import { restartDelayMs } from './restart-delay.ts'
import { stopPostmaster } from './stop-postmaster.ts'

/** The recovery after a crash usually takes a second. */
const launchEndsWithinMs = 60_000

export interface StayAttached extends Pick<AttachOrStart, 'folder' | 'credentials' | 'log'> {
  /** Starts PostgreSQL on this port, or on a free one. */
  readonly launch: (port: number | undefined) => Promise<Launched>
}

/** Attaches, and attaches again on the same port whenever PostgreSQL dies, until it is stopped. */
export async function stayAttached({ launch, ...options }: StayAttached): Promise<{
  port: number
  stop: () => Promise<void>
}> {
  const { folder, log } = options
  const ending = new AbortController()
  const lostAtMs: number[] = []
  let guarding = Promise.resolve()
  let launched: Launched | undefined
  let isAttached = false
  let stopped: Promise<void> | undefined

  async function attach(fixedPort?: number, signal = ending.signal): Promise<Attached> {
    const found = await attachOrStart({
      ...options,
      launch: async (wish) => (launched = await launch(fixedPort ?? wish.port)),
      onLost: () => {
        guarding = guard()
      },
      signal,
    })
    isAttached = true
    return found
  }

  let attached = await attach()
  const { port } = attached

  async function guard(): Promise<void> {
    isAttached = false
    await attached.presence.close()
    while (!ending.signal.aborted) {
      lostAtMs.push(performance.now())
      const delayMs = restartDelayMs(lostAtMs, performance.now())
      const often = delayMs ? ` in ${delayMs} ms, because it keeps dying; see ${folder.log}` : ''
      log(`The embedded PostgreSQL is gone; starting it again${often}`)
      try {
        await setTimeout(delayMs, undefined, { signal: ending.signal })
        attached = await onSamePort(await attach(port))
        return log('The embedded PostgreSQL is back')
      } catch (error) {
        if (!ending.signal.aborted) log(error instanceof Error ? error.message : String(error))
      }
    }
  }

  // Everything that uses the earlier address would fail.
  async function onSamePort(found: Attached): Promise<Attached> {
    if (found.port === port) return found
    await found.presence.leave()
    await found.presence.close()
    throw new EmbeddedPostgresError(`The embedded PostgreSQL now listens on ${found.port}: restart this process`)
  }

  async function stop(): Promise<void> {
    ending.abort()
    await guarding
    // A PostgreSQL that was started here and does not accept connections yet has no other user: wait for it, then stop it.
    if (!isAttached && launched && !launched.hasExited())
      attached = await attach(port, AbortSignal.timeout(launchEndsWithinMs))
    const { presence } = attached
    try {
      const { isLast } = await presence.leave()
      if (isLast) await stopPostmaster(folder.cluster)
    } finally {
      await presence.close()
    }
  }

  return {
    port,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}
