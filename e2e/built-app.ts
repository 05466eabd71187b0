import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { glob, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root, runPart } from '../scripts/part.ts'
import { type ServedFolder, serveFolder } from './serve-folder.ts'

const vite = '../../node_modules/vite/bin/vite.js'
const madeOf = ['{apps/iris-app,packages/{iris-ui,client,contracts}}/**/*.{ts,tsx,css,html,json}', 'pnpm-lock.yaml']
const kept = join(root, 'node_modules/.cache/built-app')
/** What differs from start to start is put in when a file is served. */
const server = 'http://server.invalid'
const manager = 'http://manager.invalid'

/**
 * The app as it is built, on a port of this machine; it calls the server and listens to the Manager that it is told of,
 * and its policy allows nothing else: no script or style inside of a page, no evaluated text.
 */
export async function serveBuiltApp(given: { port: number; server: string; manager: string }): Promise<ServedFolder> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:", // The ticks in check boxes.
    `connect-src ${given.server}`,
    `frame-ancestors ${given.manager}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  const write = (text: string) => text.replaceAll(server, given.server).replaceAll(manager, given.manager)
  return serveFolder(await buildOnce(), { port: given.port, policy, write })
}

/** As people get it: under the runner's `test` React would bring its warnings along, half as much again. */
const environment = { NODE_ENV: 'production', STANDIN_SERVER_URL: server, VITE_MANAGER_ORIGINS: manager }

/** A build takes longer than most of the tests that need it: it is made once for what it is made of. @returns its folder */
export async function buildOnce(): Promise<string> {
  const folder = join(kept, await fingerprint())
  if (existsSync(folder)) return folder
  await rm(kept, { recursive: true, force: true })
  await mkdir(kept, { recursive: true })
  const outDir = await mkdtemp(join(kept, 'building-'))
  await runPart([vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'], {
    environment,
    cwd: join(root, 'apps/iris-app'),
  })
  await rename(outDir, folder)
  return folder
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(environment))
  const files = await Array.fromAsync(glob(madeOf, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }))
  for (const file of files.sort()) hash.update(file).update(await readFile(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}
