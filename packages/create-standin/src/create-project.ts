import { cpSync, existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface NewProject {
  /** Made if it is not there; must be empty. */
  folder: string
  /** How users know the app. */
  name: string
  /** `@organization/appname`. */
  id: string
  /** Of every package that the project needs. */
  versions: Readonly<Record<string, string>>
}

const template = join(import.meta.dirname, '../template')
/** npm leaves these out of a package, or reads them, under their own names. */
const renamed = { gitignore: '.gitignore', dockerignore: '.dockerignore', npmrc: '.npmrc', github: '.github' }
/** Where the template says `Roster`, `roster` or `@acme/roster`. */
const named = ['standin.config.ts', 'README.md', 'Dockerfile', 'package.json', 'app/description.md']

/** @throws Error that says why the project cannot be made */
export function createProject({ folder, name, id, versions }: NewProject): void {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new Error(`${folder} is a file. Choose another name.`)
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`The folder ${folder} is not empty. Choose another name.`)
  cpSync(template, folder, {
    recursive: true,
    filter: (path) => !/[\\/]template[\\/](.*[\\/])?(node_modules|dist|\.turbo)$/.test(path),
  })
  for (const [from, to] of Object.entries(renamed)) renameSync(join(folder, from), join(folder, to))

  const packageName = basename(folder)
  for (const file of named) {
    const text = readFileSync(join(folder, file), 'utf8')
    const inText = file.endsWith('.ts') ? name.replaceAll('\\', '\\\\').replaceAll("'", "\\'") : name
    const words: Record<string, string> = { '@acme/roster': id, Roster: inText, roster: packageName }
    writeFileSync(
      join(folder, file),
      text.replaceAll(/@acme\/roster|\b[Rr]oster\b/g, (word) => words[word] ?? word),
    )
  }
  writeVersions(join(folder, 'package.json'), versions)
}

/** In the template, versions are those of its workspace. */
function writeVersions(file: string, versions: NewProject['versions']): void {
  const project = JSON.parse(readFileSync(file, 'utf8'))
  for (const group of ['dependencies', 'devDependencies'])
    for (const name of Object.keys(project[group])) {
      if (versions[name] === undefined) throw new Error(`create-standin does not know a version of ${name}.`)
      project[group][name] = versions[name]
    }
  writeFileSync(file, `${JSON.stringify(project, null, 2)}\n`)
}
