import { parseSync } from 'vite'

/** The part of the bundler's graph that is needed here. */
export interface ModuleGraph {
  getModuleInfo(id: string): {
    code: string | null
    exports: readonly string[]
    importedIds: readonly string[]
    dynamicallyImportedIds: readonly string[]
  } | null
}

const ALL = '*'

/**
 * The modules that these import, and so on. Of a module that only re-exports, only the used exports are followed: otherwise one
 * name of a library's index would bring in the whole library.
 */
export function neededBy(entries: readonly string[], graph: ModuleGraph): Set<string> {
  const needed = new Set<string>()
  const seen = new Set<string>()
  const open = entries.flatMap((id) => linksOf(id, graph).imports)
  for (let link = open.pop(); link; link = open.pop()) {
    const { id, name, isStar } = link
    if (seen.has(`${name} ${id}`)) continue
    seen.add(`${name} ${id}`)
    const { imports, exports, stars, isIndex } = linksOf(id, graph)
    if (isIndex) {
      const passedOn = name === ALL ? exports : exports.filter(({ as }) => as === name)
      open.push(...passedOn)
      if (passedOn.length === 0 || name === ALL) open.push(...stars.map((star) => ({ id: star, name, isStar: true })))
    } else if (!isStar || name === ALL || graph.getModuleInfo(id)?.exports.includes(name)) {
      if (!needed.has(id)) open.push(...imports)
      needed.add(id)
    }
  }
  return needed
}

interface Link {
  id: string
  /** The export that is wanted, or all. */
  name: string
  /** Reached through `export *`: the module may not have this export. */
  isStar?: boolean
}

interface Links {
  imports: Link[]
  /** What it re-exports, and under which name. */
  exports: Array<Link & { as: string }>
  stars: string[]
  /** It has no code of its own. */
  isIndex: boolean
}

function linksOf(id: string, graph: ModuleGraph): Links {
  const { code, importedIds = [] } = graph.getModuleInfo(id) ?? {}
  const whole = (each: string): Link => ({ id: each, name: ALL })
  const all = { imports: importedIds.map(whole), exports: [], stars: [], isIndex: false }
  if (!code) return all
  const { program, module } = parseSync(id, code, { lang: 'jsx' })
  const requests = new Set(
    [
      ...module.staticImports.map(({ moduleRequest, start }) => ({ of: moduleRequest.value, start })),
      ...module.staticExports.flatMap(({ entries, start }) =>
        entries.flatMap(({ moduleRequest }) => (moduleRequest ? [{ of: moduleRequest.value, start }] : [])),
      ),
    ]
      .sort((a, b) => a.start - b.start)
      .map(({ of }) => of),
  )
  if (requests.size === 0 || requests.size > importedIds.length) return all // Such as CommonJS.
  const idOf = new Map([...requests].map((request, index) => [request, importedIds[index] ?? '']))

  const locals = new Map<string, Link>()
  const imports = module.staticImports.flatMap(({ moduleRequest, entries }): Link[] => {
    const of = idOf.get(moduleRequest.value) ?? ''
    if (entries.length === 0) return [{ id: of, name: '' }]
    return entries.map(({ importName, localName }) => {
      const link = { id: of, name: importName.kind === 'NamespaceObject' ? ALL : (importName.name ?? 'default') }
      locals.set(localName.value, link)
      return link
    })
  })
  // What the bundler itself imports comes last.
  imports.push(...importedIds.slice(requests.size).map(whole))
  const links: Links = { imports, exports: [], stars: [], isIndex: program.body.every(isPassedOn) }
  for (const { entries } of module.staticExports)
    for (const { moduleRequest, importName, exportName, localName } of entries) {
      const of = moduleRequest && idOf.get(moduleRequest.value)
      const as = exportName.name ?? 'default'
      const local = locals.get(localName.name ?? '')
      if (of && importName.kind === 'AllButDefault') links.stars.push(of)
      else if (of) links.exports.push({ id: of, name: importName.kind === 'Name' ? (importName.name ?? '') : ALL, as })
      else if (local) links.exports.push({ ...local, as })
    }
  if (!links.isIndex) imports.push(...links.exports, ...links.stars.map(whole))
  return links
}

const isPassedOn = (node: { type: string; declaration?: unknown }) =>
  node.type === 'ImportDeclaration' ||
  node.type === 'ExportAllDeclaration' ||
  (node.type === 'ExportNamedDeclaration' && !node.declaration)
