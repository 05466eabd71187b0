import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

interface PackageJson {
  name: string
  version: string
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/**
 * The packages in the app's bundle, as Trackunit's security scan reads them: this one and those that it needs, with the
 * versions that are installed. Packages of a workspace, which no registry has, are replaced by their dependencies.
 * @param from a folder of `@standin/iris-ui`
 */
export function publishedDependencies(from: string): Record<string, string> {
  const found = new Map<string, string>()
  addPackage(found, closestPackage(from))
  return Object.fromEntries([...found].sort(([a], [b]) => a.localeCompare(b)))
}

function addPackage(found: Map<string, string>, folder: string): void {
  const { name, version, dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = read(folder)
  const isOfWorkspace = !folder.includes(`${join('node_modules', name)}`)
  if (!isOfWorkspace) found.set(name, version)
  if (!name.startsWith('@standin/')) return
  const needed = Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional)
  for (const each of [...Object.keys(dependencies), ...needed])
    if (!found.has(each)) addPackage(found, installedPackage(each, folder))
}

function closestPackage(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from
  if (dirname(from) === from) throw new Error('@standin/iris-ui is not in a package.')
  return closestPackage(dirname(from))
}

/** Where Node finds a package from a folder, following links. */
function installedPackage(name: string, from: string): string {
  const folder = join(from, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return realpathSync(folder)
  if (dirname(from) === from) throw new Error(`${name} is not installed.`)
  return installedPackage(name, dirname(from))
}

const read = (folder: string): PackageJson => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
