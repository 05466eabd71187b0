import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { answers, freePort, root, until } from '../scripts/part.ts'

/** A root command through npm, as a person or a process manager runs it. */
function npmRun(command: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn('npm', ['run', ...command], { cwd: root, env: { ...process.env, ...environment } })
  let said = ''
  child.stdout.on('data', (piece) => (said += piece))
  child.stderr.on('data', (piece) => (said += piece))
  return {
    kill: () => child.kill('SIGTERM'),
    exit: once(child, 'exit').then(([code]) => code as number | null),
    said: () => said,
  }
}

test('SIGTERM to npm run server ends the server, its port and its PostgreSQL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'standin-server-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const server = npmRun(['server'], {
    DRAIN_DELAY_S: '0',
    PORT: String(port),
    STANDIN_DATA_DIR: folder,
    CALLBACK_PATH_SECRET: 'none',
  })
  await until('the server', () => answers(`http://127.0.0.1:${port}/health/ready`))
  const [postgres] = readFileSync(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')
  expect(() => process.kill(Number(postgres), 0)).not.toThrow()

  server.kill()
  await server.exit

  await until('the end of PostgreSQL', async () => isGone(Number(postgres)))
  await expect(answers(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow()
})

test('npm run --silent manifest prints the manifest, or says in one line what is missing', async () => {
  const manifest = npmRun(['--silent', 'manifest'], { CALLBACK_PATH_SECRET: 'a-secret-of-the-path' })
  expect(await manifest.exit).toBe(0)
  expect(JSON.parse(manifest.said())).toMatchObject({
    specVersion: '1.1',
    tokenCallback: { url: expect.stringMatching(/\/a-secret-of-the-path$/) },
  })

  const missing = npmRun(['--silent', 'manifest'], { CALLBACK_PATH_SECRET: '' })
  expect(await missing.exit).toBe(1)
  expect(missing.said().trim().split('\n')).toEqual([expect.stringMatching(/^CALLBACK_PATH_SECRET is missing/)])
})

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}
