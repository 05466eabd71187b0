import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { actionsIn } from './actions-in.ts'

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-actions-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), source)
  }
  return folder
}

const action = (title: string, changesData = false) =>
  `{ id: '${title.toLowerCase()}', title: '${title}', input: {}, scopes: [], changesData: ${changesData}, run() {} }`

test('finds the actions of all files, those that change nothing first, then by title', async () => {
  const folder = await folderWith({
    'b.ts': `export const other = ${action('Wash')}; export const words = { title: 'no action' }; export const size = 3`,
    'a.ts': `export const first = ${action('Clear', true)}`,
    'deeper/c.js': `export default ${action('Count')}`,
    'index.ts': `export { other } from './b.ts'`,
  })
  const found = (await actionsIn(pathToFileURL(`${folder}/`))).map(({ id }) => id)
  expect(found).toEqual(['count', 'wash', 'clear'])
})

test('loads no test and no declaration', async () => {
  const folder = await folderWith({ 'a.test.ts': "throw new Error('loaded')", 'b.d.ts': "throw new Error('loaded')" })
  expect(await actionsIn(folder)).toEqual([])
})

test('a folder that was deleted has no actions, and a file that cannot be loaded stops the start', async () => {
  expect(await actionsIn('/nowhere/actions')).toEqual([])
  const folder = await folderWith({ 'broken.ts': "throw new Error('broken here')" })
  await expect(actionsIn(folder)).rejects.toThrow('broken here')
})
