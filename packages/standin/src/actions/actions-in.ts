import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { AnyAction } from './define-action.ts'

/**
 * The actions that the files in a folder export, at any depth, except its tests. Actions that change nothing come first; both
 * groups are sorted by title. A folder that does not exist has none.
 * @param folder such as `new URL('./actions/', import.meta.url)`
 * @throws whatever a file throws when it is loaded
 */
export async function actionsIn(folder: string | URL): Promise<AnyAction[]> {
  const path = folder instanceof URL ? fileURLToPath(folder) : folder
  if (!existsSync(path)) return []
  const files = globSync('**/*.{ts,mts,js,mjs}', {
    cwd: path,
    exclude: (file) => /node_modules|\.(test|d)\.m?[jt]s$/.test(file),
  })
  const modules: object[] = await Promise.all(files.map((file) => import(pathToFileURL(join(path, file)).href)))
  const actions = new Set(modules.flatMap((each) => Object.values(each)).filter(isAction))
  return [...actions].sort(
    (one, other) => Number(one.changesData) - Number(other.changesData) || one.title.localeCompare(other.title, 'en'),
  )
}

function isAction(value: unknown): value is AnyAction {
  if (typeof value !== 'object' || value === null) return false
  const { id, title, input, scopes, run } = value as Partial<AnyAction>
  const isNamed = typeof id === 'string' && typeof title === 'string'
  return isNamed && typeof input === 'object' && Array.isArray(scopes) && typeof run === 'function'
}
