import { readFile } from 'node:fs/promises'

/** Beside the sources and in the built package, as the migrations are. */
const folder = new URL('../../console/', import.meta.url)

const assets: Readonly<Record<string, { files: readonly string[]; type: string }>> = {
  '/console/console.css': { files: ['iris-ui.css', 'console.css'], type: 'text/css; charset=utf-8' },
  '/console/console.js': { files: ['console.js'], type: 'text/javascript; charset=utf-8' },
}

/** The style sheet or the script of this path. @returns undefined if it is neither */
export async function findAsset(path: string): Promise<{ type: string; body: string } | undefined> {
  const asset = assets[path]
  if (!asset) return undefined
  const texts = await Promise.all(asset.files.map((file) => readFile(new URL(file, folder), 'utf8')))
  return { type: asset.type, body: texts.join('\n') }
}
