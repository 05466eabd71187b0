import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

// What a server needs to run, and nothing else: its JavaScript, and the packages that it loads. `apps/server/Dockerfile` and
// `deploy/standin.service` use it; a test runs what it makes.
//   node scripts/bootstrap.mjs node scripts/make-image.ts FOLDER

const root = join(import.meta.dirname, '..')
const [given] = process.argv.slice(2)
if (given === undefined) {
  process.stderr.write('Say where: node scripts/bootstrap.mjs node scripts/make-image.ts FOLDER\n')
  process.exit(2)
}
const folder = resolve(given)
const server = join(folder, 'apps/server')

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })

mkdirSync(folder, { recursive: true })
run('turbo', 'run', 'build', '--filter=standin', '--output-logs=errors-only')
// Without the embedded PostgreSQL: a server in production has a database of its own.
run('pnpm', '--filter=server', 'deploy', '--legacy', '--prod', '--no-optional', '--prefer-offline', server)
rmSync(join(server, 'src'), { recursive: true })
run('tsc', '--project', 'apps/server/tsconfig.image.json', '--outDir', folder)
for (const source of ['Dockerfile', 'tsconfig.json', 'tsconfig.image.json'])
  rmSync(join(server, source), { force: true })
// For the path: `standin` is run in this folder, where it finds standin.config.js.
mkdirSync(join(folder, 'bin'))
symlinkSync('../apps/server/node_modules/standin/dist/bin/standin.js', join(folder, 'bin/standin'))
chmodSync(join(server, 'node_modules/standin/dist/bin/standin.js'), 0o755)
