import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, runPart } from '../scripts/part.ts'
import { serveFolder } from './serve-folder.ts'

const vite = '../../node_modules/vite/bin/vite.js'

/**
 * The app as it is built, on a port of this machine; it calls the server and listens to the Manager that it was built
 * for, and its policy allows nothing else: no script or style inside of a page, no evaluated text.
 */
export async function serveBuiltApp({
  port,
  server,
  manager,
}: {
  port: number
  server: string
  manager: string
}): Promise<AsyncDisposable> {
  const outDir = await mkdtemp(join(tmpdir(), 'standin-app-'))
  await runPart([vite, 'build', '--outDir', outDir, '--logLevel', 'warn'], {
    environment: { STANDIN_SERVER_URL: server, VITE_MANAGER_ORIGINS: manager },
    cwd: join(root, 'apps/iris-app'),
  })
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:", // The ticks in check boxes.
    `connect-src ${server}`,
    `frame-ancestors ${manager}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  const app = await serveFolder(outDir, { port, policy })
  return {
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]()
      await rm(outDir, { recursive: true, force: true })
    },
  }
}
