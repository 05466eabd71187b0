import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { manifest } from './test/started-simulator.ts'

let folder: string
let manifestPath: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trackunit-simulator-'))
  manifestPath = join(folder, 'manifest.json')
  await writeFile(manifestPath, JSON.stringify(manifest))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the program; `whenReady` is called once it says so. */
function run(env: Record<string, string>, whenReady: (kill: () => void) => void = () => {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, SIMULATOR_MANIFEST: manifestPath, SIMULATOR_PORT: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.includes('ready on')) whenReady(() => child.kill('SIGTERM'))
  })
  return new Promise<{ code: number | null; said: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, said })),
  )
}

test('says that it is ready in one line, and stops cleanly', async () => {
  const { code, said } = await run({ SIMULATOR_DATA_DIR: join(folder, 'data') }, (kill) => kill())

  expect(said).toMatch(/^trackunit-simulator: ready on http:\/\/127\.0\.0\.1:\d+, 250 machines, accounts kept in .+\n$/)
  expect(code).toBe(0)
})

test('says in one line why it cannot start', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo

  const [portTaken, noManifest, production] = await Promise.all([
    run({ SIMULATOR_PORT: String(port) }),
    run({ SIMULATOR_MANIFEST: join(folder, 'missing.json') }),
    run({ NODE_ENV: 'production' }),
  ])
  taken.close()

  expect(portTaken).toEqual({ code: 1, said: `trackunit-simulator: port ${port} is taken\n` })
  expect(noManifest.code).toBe(1)
  expect(noManifest.said).toMatch(/^trackunit-simulator: cannot read the app's manifest at .+missing\.json\n$/)
  expect(production.said).toMatch(/^trackunit-simulator: .+NODE_ENV=production\n$/)
  expect(production.code).toBe(1)
})
