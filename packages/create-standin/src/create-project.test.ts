import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createProject } from './create-project.ts'
import { readWishes } from './read-wishes.ts'

const root = join(import.meta.dirname, '../../..')
const template = join(root, 'packages/create-standin/template')
const wanted = JSON.parse(readFileSync(join(template, 'package.json'), 'utf8'))
const versions = Object.fromEntries(
  Object.keys({ ...wanted.dependencies, ...wanted.devDependencies }).map((name) => [name, '^1.2.3']),
)

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'standin-create-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()

test('leaves a small folder that names only this app', () => {
  const folder = join(newFolder(), 'yard-list')
  createProject({ folder, name: "Nordvang's yard", id: '@nordvang/yard', versions })

  const files = filesOf(folder)
  expect(files).toEqual(
    expect.arrayContaining(['.gitignore', '.dockerignore', '.github/workflows/ci.yaml', 'server.ts']),
  )
  expect(files.length).toBeLessThan(22)
  expect(readFileSync(join(folder, '.npmrc'), 'utf8')).toMatch(/^engine-strict=true$/m)
  for (const file of files)
    expect(readFileSync(join(folder, file), 'utf8'), file).not.toMatch(/roster|workspace:|catalog:/i)
  expect(readFileSync(join(folder, 'standin.config.ts'), 'utf8')).toContain("name: 'Nordvang\\'s yard',")
  expect(readFileSync(join(folder, 'standin.config.ts'), 'utf8')).toContain("id: '@nordvang/yard',")
  expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({
    name: 'yard-list',
    dependencies: { standin: '^1.2.3' },
  })
})

test('decides about the install scripts of the embedded PostgreSQL, which npm would ask about', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'packages/standin/package.json'), 'utf8'))
  const platforms = Object.keys(optionalDependencies)
  expect(platforms.length).toBeGreaterThan(3)
  expect(wanted.allowScripts).toEqual(Object.fromEntries(platforms.map((name) => [name, false])))
})

test('touches no folder that has something in it', () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'mine.txt'), '')
  expect(() => createProject({ folder, name: 'Roster', id: '@acme/roster', versions })).toThrow(/is not empty/)
  expect(filesOf(folder)).toEqual(['mine.txt'])
  const file = join(folder, 'mine.txt')
  expect(() => createProject({ folder: file, name: 'Roster', id: '@acme/roster', versions })).toThrow(/is a file/)
})

test.each([
  ['server.ts', 'apps/server/src/main.ts'],
  ...filesOf(join(template, 'app'))
    .filter((file) => !/description\.md$|^dist|node_modules/.test(file))
    .map((file) => [`app/${file}`, `apps/iris-app/${file}`]),
])('%s of the template is this repository’s own %s', (file, own) => {
  const read = (path: string) =>
    readFileSync(path, 'utf8').replaceAll(/(?:\.\.\/)+standin\.config|\.\/standin\.config/g, 'standin.config')
  expect(read(join(template, file))).toBe(read(join(root, own)))
})

test('takes flags, and asks for the rest', async () => {
  const answers: Record<string, string> = { Folder: 'yard', 'Name of the app': 'Yard list' }
  const asked: string[] = []
  const ask = async (question: string, otherwise: string) => {
    asked.push(question)
    return answers[question] ?? otherwise
  }
  expect(await readWishes(['--id', '@nordvang/yard'], ask)).toMatchObject({ name: 'Yard list', id: '@nordvang/yard' })
  expect(asked).toEqual(['Folder', 'Name of the app'])

  expect(await readWishes(['fleet-watch', '--yes'], ask)).toMatchObject({
    name: 'Fleet watch',
    id: '@acme/fleet-watch',
  })
  expect(asked).toHaveLength(2)
})

test.each([
  [['Yard!'], /letters, digits and hyphens/],
  [['Yard'], /small letters/],
  [['node_modules'], /small letters/],
  [['yard', 'list'], /One folder/],
  [['yard', '--name', 'Yard\nlist'], /on one line/],
  [['yard', '--id', 'yard'], /@organization\/appname/],
  [['yard', '--name', ' '], /1 to 60 characters/],
  [['yard', '--colour', 'red'], /colour/],
])('refuses %j', async (argv, problem) => {
  await expect(readWishes(argv, undefined)).rejects.toThrow(problem)
})
