import { brotliCompressSync } from 'node:zlib'

/** As much as the bundler tells of one of its files. */
interface BuiltFile {
  type: 'chunk' | 'asset'
  fileName: string
  code?: string
  isEntry?: boolean
  imports?: string[]
  dynamicImports?: string[]
}

/**
 * What has to arrive before the first picture: the entry, the page that it asks for at once, and all that these import,
 * in bytes by Brotli.
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
