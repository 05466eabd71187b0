import { readFile } from 'node:fs/promises'
import { appStyles } from './app-styles.ts'

/** Beside the sources and in the built package, as the migrations are. */
const folder = new URL('../../console/', import.meta.url)

const assets: Readonly<Record<string, { file: string; before: string; type: string }>> = {
  '/console/console.css': { before: appStyles, file: 'console.css', type: 'text/css; charset=utf-8' },
  '/console/console.js': { before: '', file: 'console.js', type: 'text/javascript; charset=utf-8' },
}

/** The style sheet or the script of this path. @returns undefined if it is neither */
export async function findAsset(path: string): Promise<{ type: string; body: string } | undefined> {
  const asset = assets[path]
  if (!asset) return undefined
  return { type: asset.type, body: asset.before + (await readFile(new URL(asset.file, folder), 'utf8')) }
}
