import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { publishedDependencies } from './published-dependencies.ts'

async function folderWith(packages: Record<string, object>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-dependencies-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(packages)) {
    await mkdir(join(folder, path), { recursive: true })
    await writeFile(
      join(folder, path, 'package.json'),
      JSON.stringify({ name: path.replace(/.*node_modules\//, ''), ...content }),
    )
  }
  return folder
}

const ui = {
  name: '@standin/iris-ui',
  version: '0.1.0',
  dependencies: { '@standin/client': '0.1.0', wouter: '^3.0.0' },
  peerDependencies: { react: '^19.0.0', vite: '^8.0.0' },
  peerDependenciesMeta: { vite: { optional: true } },
}
const others = {
  'node_modules/@standin/client': { version: '0.1.0', dependencies: { zod: '^4.0.0' } },
  'node_modules/zod': { version: '4.6.7', dependencies: { deeper: '1.0.0' } },
  'node_modules/wouter': { version: '3.13.0' },
  'node_modules/react': { version: '19.3.1' },
}

test('lists the packages in the bundle with the versions that are installed', async () => {
  const folder = await folderWith({ 'node_modules/@standin/iris-ui': ui, ...others })
  expect(publishedDependencies(join(folder, 'node_modules/@standin/iris-ui/dist/manifest'))).toEqual({
    '@standin/client': '0.1.0',
    '@standin/iris-ui': '0.1.0',
    react: '19.3.1',
    wouter: '3.13.0',
    zod: '4.6.7',
  })
})

test('lists no package of a workspace, which no registry has', async () => {
  const client = { name: '@standin/client', ...others['node_modules/@standin/client'] }
  const folder = await folderWith({ 'packages/iris-ui': ui, 'packages/client': client, ...others })
  await rm(join(folder, 'node_modules/@standin'), { recursive: true })
  const link = join(folder, 'packages/iris-ui/node_modules/@standin/client')
  await mkdir(dirname(link), { recursive: true })
  await symlink(join(folder, 'packages/client'), link)
  expect(publishedDependencies(join(folder, 'packages/iris-ui/src/manifest'))).toEqual({
    react: '19.3.1',
    wouter: '3.13.0',
    zod: '4.6.7',
  })
})

test('names a package that is not installed', async () => {
  const { 'node_modules/wouter': _, ...without } = others
  const folder = await folderWith({ 'node_modules/@standin/iris-ui': ui, ...without })
  expect(() => publishedDependencies(join(folder, 'node_modules/@standin/iris-ui/dist'))).toThrow(
    'wouter is not installed.',
  )
})
