import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'tsdown'

const root = join(import.meta.dirname, '../..')

export default defineConfig({
  entry: ['src/main.ts'],
  platform: 'node',
  dts: false,
  fixedExtension: false,
  hooks: { 'build:done': writeVersions },
})

/**
 * The versions that a new project asks for: ours as they are packed with it, the others as they are tested here, with newer
 * patches alone. A schema of another minor version of zod does not have the type that `standin` asks for.
 */
function writeVersions(): void {
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8').matchAll(/^ {2}'?([@\w./-]+)'?: (\d\S*)$/gm)
  const ours = globSync('packages/*/package.json', { cwd: root }).map((path): { name: string; version: string } =>
    JSON.parse(readFileSync(join(root, path), 'utf8')),
  )
  const versions = {
    ...Object.fromEntries([...catalog].map(([, name, version]) => [name, `~${version}`])),
    ...Object.fromEntries(ours.map(({ name, version }) => [name, `^${version}`])),
  }
  const template = JSON.parse(readFileSync(join(import.meta.dirname, 'template/package.json'), 'utf8'))
  const wanted = Object.keys({ ...template.dependencies, ...template.devDependencies })
  mkdirSync(join(import.meta.dirname, 'dist'), { recursive: true })
  writeFileSync(
    join(import.meta.dirname, 'dist/versions.json'),
    JSON.stringify(Object.fromEntries(wanted.map((name) => [name, versions[name]])), null, 2),
  )
}
