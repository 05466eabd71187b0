import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answers, root, runPart, startPart, until } from '../scripts/part.ts'

const vite = '../../node_modules/vite/bin/vite.js'
const cwd = join(root, 'apps/iris-app')

/** The app as it is built, served on a port of this machine; it calls the server and listens to the Manager that it was built for. */
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
  const environment = { STANDIN_SERVER_URL: server, VITE_MANAGER_ORIGINS: manager }
  await runPart([vite, 'build', '--outDir', outDir, '--logLevel', 'warn'], { environment, cwd })
  const part = startPart({
    name: 'app',
    command: [vite, 'preview', '--outDir', outDir, '--port', String(port)],
    cwd,
    environment,
  })
  await until('the app', () => answers(`http://localhost:${port}`))
  return {
    async [Symbol.asyncDispose]() {
      await part.stop()
      await rm(outDir, { recursive: true, force: true })
    },
  }
}
