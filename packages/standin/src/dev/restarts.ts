import { type Part, until } from './part.ts'

interface Restarting {
  say(line: string): void
  isStopping(): boolean
  isServerReady(): Promise<boolean>
  startAgain(part: 'simulator' | 'server'): Promise<Pick<Part, 'ended'> | undefined>
  /** Writes the manifest that the simulator reads from `standin.config.ts`. @throws Error that says what is wrong with it */
  readConfig(): Promise<void>
  /** Loads what the server would load. @throws Error that names the file, the line and the mistake */
  checkSources(): Promise<void>
}

/**
 * Restarts the server after a change, once at a time: a change during a restart causes another one, which names both. A
 * mistake in `standin.config.ts` or an action is reported, and the last good version serves until the next change.
 * @returns a function to call with the names of the files that changed
 */
export function createRestarts({ say, isStopping, isServerReady, startAgain, readConfig, checkSources }: Restarting) {
  const changedFiles = new Set<string>()
  /** What changed since the last good version. */
  const unreported = new Set<string>()
  let isRestarting = false

  /** @returns whether the server is ready with these files */
  async function restart(because: readonly string[]): Promise<boolean> {
    const isConfigured = because.some((file) => file.endsWith('standin.config.ts'))
    if (isConfigured) await readConfig()
    await checkSources()
    if (isConfigured) await startAgain('simulator')
    const server = await startAgain('server')
    const isSettled = async () => changedFiles.size > 0 || isStopping() || (await isServerReady())
    await Promise.race([server?.ended, until('the server', isSettled).catch(() => {})])
    return await isServerReady().catch(() => false)
  }

  async function restartWhileChanged(): Promise<void> {
    isRestarting = true
    while (changedFiles.size > 0 && !isStopping()) {
      for (const file of changedFiles) unreported.add(file)
      changedFiles.clear()
      try {
        if (!(await restart([...unreported]))) continue
        say(`${listed([...unreported])} changed: the server has restarted, and runs continue.`)
        unreported.clear()
      } catch (error) {
        const serves = (await isServerReady().catch(() => false)) ? 'The last good version still serves. ' : ''
        say(`${error instanceof Error ? error.message : error}\n${serves}Standin tries again after the next change.`)
      }
    }
    isRestarting = false
  }

  return (files: readonly string[]): void => {
    for (const file of files) changedFiles.add(file)
    if (!isRestarting) void restartWhileChanged()
  }
}

const mostListed = 3

const listed = (files: readonly string[]): string =>
  files.length <= mostListed
    ? files.join(', ')
    : `${files.slice(0, mostListed).join(', ')} and ${files.length - mostListed} more`
