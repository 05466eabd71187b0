import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { glob, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { root } from '../../scripts/part.ts'

export const packedFolders = ['contracts', 'client', 'standin', 'iris-ui', 'trackunit-simulator', 'create-standin']
const madeOf = ['packages/**/*', 'docs/*.md', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'patches/*', 'LICENSE']
const notPacked = /(^|\/)(node_modules|dist|\.turbo)(\/|$)|\.test\.tsx?$|^packages\/\w+\/test\//
const kept = join(root, 'node_modules/.cache/packed')

/**
 * Builds everything, and packs each package once for each state of its sources, however many test files ask.
 * @returns the tarballs by the name of the package
 */
export async function packOnce(): Promise<ReadonlyMap<string, string>> {
  await mkdir(join(kept, '..'), { recursive: true })
  return alone(`${kept}.lock`, async () => {
    await run('npm', ['run', 'build'], root)
    const folder = join(kept, await fingerprint())
    if (!existsSync(folder)) {
      await rm(kept, { recursive: true, force: true })
      await mkdir(kept, { recursive: true })
      const packing = await mkdtemp(join(kept, 'packing-'))
      for (const each of packedFolders)
        await run('pnpm', ['pack', '--pack-destination', packing], join(root, 'packages', each))
      await rename(packing, folder)
    }
    return new Map(
      packedFolders.map((each) => {
        const { name, version } = JSON.parse(readFileSync(join(root, 'packages', each, 'package.json'), 'utf8'))
        return [name, join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)]
      }),
    )
  })
}

/** Two test files at once would each build, and delete what the other one has just built. */
async function alone<Result>(lock: string, work: () => Promise<Result>): Promise<Result> {
  while (!(await taken(lock))) await pause(200)
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''))
    if (holder > 0 && !isRunning(holder)) await rm(lock, { force: true }) // It was killed.
    return false
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  const files = await Array.fromAsync(
    glob(madeOf, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'], withFileTypes: true }),
  )
  const paths = files
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length))
  for (const path of paths.filter((each) => !notPacked.test(each)).sort())
    hash.update(path).update(await readFile(join(root, path)))
  return hash.digest('hex').slice(0, 16)
}

/** Runs a program to its end, without this workspace's sources. @returns its output @throws Error with its output */
export async function run(
  command: string,
  given: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const bin = [join(root, 'e2e/node_modules/.bin'), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const { NODE_OPTIONS: _sources, NODE_ENV: _test, ...inherited } = process.env
  const env = { ...inherited, PATH: bin, ...environment }
  const child = spawn(command, given, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code !== 0) throw new Error(`${command} ${given.join(' ')}\n${stdout}\n${stderr}`)
  return stdout
}
