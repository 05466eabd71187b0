import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The file of a program in a package that is installed in the project.
 * @throws Error that says how to install it
 */
export function findProgram(packageName: string, program: string, from: string): string {
  const folder = findPackage(packageName, from)
  if (!folder) throw new Error(`${packageName} is not installed. Run: npm install --save-dev ${packageName}`)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    bin?: string | Record<string, string>
  }
  const file = typeof bin === 'string' ? bin : bin?.[program]
  if (file === undefined) throw new Error(`${packageName} has no program ${program}. Install another version of it.`)
  return join(folder, file)
}

function findPackage(name: string, from: string): string | undefined {
  const folder = join(from, 'node_modules', name)
  if (existsSync(join(folder, 'package.json'))) return realpathSync(folder)
  return dirname(from) === from ? undefined : findPackage(name, dirname(from))
}
