// `node scripts/bootstrap.mjs <command> [arguments]`
// Runs on any Node from 18 on with nothing installed: prepares the machine, then hands over to the command.
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dependencies } from './toolchain/dependencies.mjs'
import { environment } from './toolchain/environment.mjs'
import { CannotStart, explain } from './toolchain/explain.mjs'
import { handOver } from './toolchain/hand-over.mjs'
import { oneAtATime } from './toolchain/one-at-a-time.mjs'
import { tools } from './toolchain/tools.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const toolchain = join(root, '.toolchain')
const [command, ...args] = process.argv.slice(2)

/** Standard output belongs to the command: what the bootstrap says goes to standard error. */
const say = (line) => process.stderr.write(`Standin: ${line}\n`)

try {
  const needed = tools({ root, toolchain, say })
  const env = environment({ root, binFolders: needed.binFolders() })
  const installed = dependencies({ root, toolchain, env, say })
  // pnpm itself must run when the lock file and the package.json files disagree: it is what brings them together.
  const isReady = () => needed.arePresent() && (command === 'pnpm' || installed.areCurrent())

  if (!isReady()) {
    mkdirSync(toolchain, { recursive: true })
    await oneAtATime({ lockFile: join(toolchain, 'installing'), say }, async () => {
      if (!needed.arePresent()) await needed.fetch()
      if (!isReady()) await installed.install()
    })
  }
  if (command) handOver({ command, args, env, say })
} catch (error) {
  const cause = error instanceof CannotStart ? error.message : explain(error, root)
  say(`${cause} Nothing was started.`)
  process.exitCode = 1
}
