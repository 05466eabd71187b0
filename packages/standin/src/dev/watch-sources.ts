import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { join } from 'node:path'

/** Not sources of the server: packages, builds, data, and the app, which Vite watches. */
const isIgnored = (name: string) => /^(\.|node_modules$|dist$|coverage$|app$)/.test(name)
const isSource = (file: string) =>
  /(?<!\.test|\.d)\.(m?[jt]s|json)$/.test(file) && !/(^|\/)tsconfig[^/]*\.json$/.test(file)

const settleMs = 100

/**
 * Calls back once after a series of changes to the sources in a folder, with the names of all. Tests, and what only a
 * compiler reads, do not count.
 * @returns a function that ends this
 */
export function watchSources(folder: string, changed: (files: readonly string[]) => void): () => void {
  const watchers = new Map<string, FSWatcher>()
  const series = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function notice(file: string): void {
    if (!isSource(file)) return
    series.add(file)
    clearTimeout(timer)
    timer = setTimeout(() => {
      changed([...series])
      series.clear()
    }, settleMs)
  }

  /** A recursive watch of the whole folder would follow node_modules. */
  function watchFolders(): void {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory() || isIgnored(entry.name) || watchers.has(entry.name)) continue
      const watcher = watch(join(folder, entry.name), { recursive: true }, (_, file) =>
        notice(join(entry.name, file ?? '')),
      )
      // A folder that is deleted, and may come back.
      watcher.on('error', () => watchers.delete(entry.name))
      watchers.set(entry.name, watcher)
    }
  }

  watchFolders()
  const top = watch(folder, (_, file) => {
    watchFolders()
    if (file !== null && !isIgnored(file)) notice(file)
  })
  return () => {
    clearTimeout(timer)
    for (const watcher of [top, ...watchers.values()]) watcher.close()
  }
}
