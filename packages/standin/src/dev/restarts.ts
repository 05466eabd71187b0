import { type Part, until } from './part.ts'

interface Restarting {
  say(line: string): void
  isStopping(): boolean
  isServerReady(): Promise<boolean>
  startAgain(part: 'simulator' | 'server'): Promise<Pick<Part, 'ended'> | undefined>
  /** Writes the manifest that the simulator reads from `standin.config.ts`. @throws Error that says what is wrong with it */
  readConfig(): Promise<void>
}

/**
 * Restarts the server after a change, once at a time: a change during a restart causes another one. A mistake in
 * `standin.config.ts` is reported, and everything continues as it was until the next change.
 * @returns a function to call with the name of the file that changed
 */
export function createRestarts({ say, isStopping, isServerReady, startAgain, readConfig }: Restarting) {
  let changedFile: string | undefined
  let isRestarting = false

  async function restart(because: string): Promise<void> {
    if (because.endsWith('standin.config.ts')) {
      await readConfig()
      await startAgain('simulator')
    }
    const server = await startAgain('server')
    const isSettled = async () => changedFile !== undefined || isStopping() || (await isServerReady())
    await Promise.race([server?.ended, until('the server', isSettled).catch(() => {})])
    if (await isServerReady().catch(() => false))
      say(`${because} changed: the server has restarted, and runs continue.`)
  }

  async function restartWhileChanged(): Promise<void> {
    isRestarting = true
    while (changedFile !== undefined && !isStopping()) {
      const because = changedFile
      changedFile = undefined
      await restart(because).catch((error: unknown) =>
        say(`${error instanceof Error ? error.message : error}\nStandin tries again after the next change.`),
      )
    }
    isRestarting = false
  }

  return (file: string): void => {
    changedFile = file
    if (!isRestarting) void restartWhileChanged()
  }
}
