import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, until } from '../../scripts/part.ts'
import { run } from './packed-packages.ts'

/** npm with this Node, the least that the packages ask for, and nothing of this workspace. */
const npm = (given: readonly string[], cwd: string) => run('npm', given, cwd)
export const prefersOffline = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund']

/** A project made outside the workspace, as `npm create standin@latest` makes it. @returns its folder */
export async function createProject(
  parent: string,
  tarballs: ReadonlyMap<string, string>,
  flags: readonly string[],
): Promise<string> {
  const create = `--package=file:${tarballs.get('create-standin')}`
  await npm(['exec', '--yes', create, '--', 'create-standin', 'roster', ...flags], parent)
  const project = join(parent, 'roster')
  await useTarballs(project, tarballs)
  return project
}

/** No registry has the packages: the project asks for the tarballs instead. */
export async function useTarballs(project: string, tarballs: ReadonlyMap<string, string>): Promise<void> {
  const file = join(project, 'package.json')
  const content = JSON.parse(readFileSync(file, 'utf8'))
  for (const [name, tarball] of tarballs) {
    if (name === 'create-standin') continue
    const group = name in content.dependencies || name === '@standin/contracts' ? 'dependencies' : 'devDependencies'
    content[group][name] = `file:${tarball}`
  }
  writeFileSync(file, JSON.stringify(content))
  await npm(['install', ...prefersOffline], project)
}

/** The packages as a next version would bring them: with that version, and with one more migration. */
export async function nextVersion(tarballs: ReadonlyMap<string, string>, folder: string): Promise<Map<string, string>> {
  mkdirSync(folder, { recursive: true })
  return new Map(
    await Promise.all(
      [...tarballs].map(async ([name, tarball]) => {
        const unpacked = mkdtempSync(join(folder, 'unpacked-'))
        await run('tar', ['xzf', tarball, '-C', unpacked], folder)
        const content = join(unpacked, 'package')
        raiseVersions(join(content, 'package.json'))
        if (name === 'standin') addMigration(join(content, 'migrations'))
        const next = join(folder, `${name.replace('/', '-')}-next.tgz`)
        await run('tar', ['czf', next, '-C', unpacked, 'package'], folder)
        return [name, next] as const
      }),
    ),
  )
}

const nextNumber = '0.99.0'

function raiseVersions(file: string): void {
  const content = JSON.parse(readFileSync(file, 'utf8'))
  content.version = nextNumber
  for (const name of Object.keys(content.dependencies ?? {}))
    if (name === 'standin' || name.startsWith('@standin/')) content.dependencies[name] = nextNumber
  writeFileSync(file, JSON.stringify(content))
}

function addMigration(folder: string): void {
  writeFileSync(join(folder, '9999_next.sql'), 'create table next_version (id integer);')
  const file = join(folder, 'meta/_journal.json')
  const journal = JSON.parse(readFileSync(file, 'utf8'))
  const last = journal.entries.at(-1)
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, tag: '9999_next' })
  writeFileSync(file, JSON.stringify(journal))
}

export interface Started extends AsyncDisposable {
  manager: string
  /** Its output so far. */
  said: string[]
}

/** `npm start` without npm, which passes no signals on. */
export async function startProject(project: string): Promise<Started> {
  const [manager, server, app] = [await freePort(), await freePort(), await freePort()]
  const { NODE_OPTIONS: _sources, NODE_ENV: _test, ...inherited } = process.env
  const ports = { SIMULATOR_PORT: String(manager), PORT: String(server), IRIS_APP_PORT: String(app) }
  const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
  const [program, ...given] = scripts.start.split(' ')
  const child = spawn(process.execPath, [join(project, 'node_modules/.bin', program), ...given], {
    cwd: project,
    env: { ...inherited, ...ports },
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => said.push(String(piece)))
  const started = { manager: `http://127.0.0.1:${manager}`, said, [Symbol.asyncDispose]: () => ended(child) }
  try {
    await until(`the address`, async () => child.exitCode !== null || said.join('').includes('Open http'), {
      timeoutMs: 90_000,
    })
    if (child.exitCode !== null) throw new Error('it ended')
    return started
  } catch (error) {
    await ended(child)
    throw new Error(`The project did not start: ${said.join('')}`, { cause: error })
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
