import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { glob, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { root, runPart } from '../scripts/part.ts'
import { type ServedFolder, serveFolder } from './serve-folder.ts'

const vite = '../../node_modules/vite/bin/vite.js'
const madeOf = ['{apps/iris-app,packages/{iris-ui,client,contracts}}/**/*.{ts,tsx,css,html,json}', 'pnpm-lock.yaml']
const kept = join(root, 'node_modules/.cache/built-app')
/** Placeholders for addresses that differ between starts; replaced when a file is served. */
const server = 'http://server.invalid'
const manager = 'http://manager.invalid'

/**
 * Serves the built app on a port of this machine. It may call only the given server and be framed only by the given Manager,
 * and its policy forbids inline scripts, inline styles and evaluated text.
 */
export async function serveBuiltApp(given: { port: number; server: string; manager: string }): Promise<ServedFolder> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:", // The ticks of checkboxes.
    `connect-src ${given.server}`,
    `frame-ancestors ${given.manager}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  const write = (text: string) => text.replaceAll(server, given.server).replaceAll(manager, given.manager)
  return serveFolder(await buildOnce(), { port: given.port, policy, write })
}

/**
 * A production build: under the test runner's `test`, React would include its warnings, half as much code again. It is made of
 * the packages' sources, also in the process that sets the tests up, where the runner does not say so.
 */
const environment = {
  NODE_ENV: 'production',
  NODE_OPTIONS: '--conditions=@standin/source',
  STANDIN_SERVER_URL: server,
  MANAGER_ORIGINS: manager,
}

/**
 * Builds the app once for each state of its sources: a build takes longer than most tests. Two that build at once each have a
 * folder of their own, and the first to finish counts. Nothing that another process may serve is deleted.
 * @returns its folder
 */
export async function buildOnce(): Promise<string> {
  const folder = join(kept, await fingerprint())
  if (existsSync(folder)) return folder
  await mkdir(kept, { recursive: true })
  await deleteOld()
  const outDir = await mkdtemp(join(kept, 'building-'))
  await runPart([vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'], {
    environment,
    cwd: join(root, 'apps/iris-app'),
  })
  try {
    await rename(outDir, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    await rm(outDir, { recursive: true, force: true }) // Another process was first.
  }
  return folder
}

async function deleteOld(): Promise<void> {
  const dayAgoMs = Date.now() - 86_400_000
  for (const name of await readdir(kept)) {
    const { mtimeMs } = await stat(join(kept, name))
    if (mtimeMs < dayAgoMs) await rm(join(kept, name), { recursive: true, force: true })
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(environment))
  const files = await Array.fromAsync(glob(madeOf, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }))
  for (const file of files.sort()) hash.update(file).update(await readFile(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}
