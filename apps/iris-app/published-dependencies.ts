export interface PackageJson {
  dependencies?: Record<string, string>
}

/**
 * The packages in the app's bundle, as Trackunit's security scan reads them: those from the registry, with their versions.
 * Packages of this workspace are replaced by their dependencies.
 *
 * @param workspaceYaml the text of `pnpm-workspace.yaml`, whose catalog has the versions
 */
export function publishedDependencies(packages: readonly PackageJson[], workspaceYaml: string): Record<string, string> {
  const catalog = new Map(
    [...workspaceYaml.matchAll(/^ {2}'?([@\w./-]+)'?: (\S+)$/gm)].map(([, name, version]) => [name, version]),
  )
  const all = packages
    .flatMap(({ dependencies = {} }) => Object.entries(dependencies))
    .filter(([, version]) => !version.startsWith('workspace:'))
    .map(([name, version]) => [name, version === 'catalog:' ? catalog.get(name) : version] as const)

  const missing = all.find(([, version]) => version === undefined)
  if (missing) throw new Error(`pnpm-workspace.yaml has no version of ${missing[0]}.`)
  return Object.fromEntries(all.sort(([a], [b]) => a.localeCompare(b))) as Record<string, string>
}
