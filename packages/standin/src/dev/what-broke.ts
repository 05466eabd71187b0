import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const isPlace = (line: string) => line.startsWith('    at ')

/**
 * Why a file could not be loaded, for the person who wrote it: file, line and mistake, and the line itself where Node shows it.
 * Node's own stack says nothing about that.
 * @param root the project's folder, from which the file is named
 */
export function whatBroke(error: unknown, root: string): string {
  if (!(error instanceof Error)) return `Thrown: ${String(error)}`
  const { name, message, stack = '' } = error
  const lines = stack.split('\n')
  const said = message.startsWith(name) ? message : `${name}: ${message}`
  const named = (url: string) => relative(root, fileURLToPath(url)) || url
  const short = said.replaceAll(`${root}/`, '')

  // What Node puts before the error itself: the file, its line, and below the line where in it.
  const [, url, line] = /^(file:\/\/.+):(\d+)$/.exec(lines[0] ?? '') ?? []
  if (url !== undefined) {
    const end = lines.findIndex((each) => /^ *\^+ *$/.test(each))
    return [`${named(url)}:${line}: ${short}`, ...lines.slice(Math.max(1, end - 1), end + 1)].join('\n')
  }
  const own = lines.find((each) => isPlace(each) && each.includes('file://') && !each.includes('/node_modules/'))
  const [, thrownIn, at] = /(file:\/\/.+?):(\d+):\d+\)?$/.exec(own ?? '') ?? []
  const isOfMaker = thrownIn !== undefined && !named(thrownIn).startsWith('..')
  return isOfMaker ? `${named(thrownIn)}:${at}: ${short}` : short
}
