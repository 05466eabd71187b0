import { brotliCompressSync } from 'node:zlib'

/** The part of the bundler's output that is needed here. */
interface BuiltFile {
  type: 'chunk' | 'asset'
  fileName: string
  code?: string
  isEntry?: boolean
  imports?: string[]
  dynamicImports?: string[]
}

/**
 * The JavaScript needed for the first render, in bytes with Brotli: the entry, the page that it loads at once, and all that
 * these import.
 */
export function firstJavaScript(files: readonly BuiltFile[]): { bytes: number; files: string[] } {
  const byName = new Map(files.map((file) => [file.fileName, file]))
  const wanted = new Set<string>()
  const entries = files.filter(({ isEntry }) => isEntry)
  const open = entries.flatMap(({ fileName, dynamicImports = [] }) => [fileName, ...dynamicImports])
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (wanted.has(name)) continue
    wanted.add(name)
    open.push(...(byName.get(name)?.imports ?? []))
  }
  const names = [...wanted]
  return {
    bytes: names.reduce((sum, name) => sum + brotliCompressSync(byName.get(name)?.code ?? '').length, 0),
    files: names,
  }
}
