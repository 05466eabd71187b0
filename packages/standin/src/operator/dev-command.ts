import { basename, dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { runDev } from '../dev/dev.ts'
import { runPart } from '../dev/part.ts'
import { describeAccounts } from './installations-command.ts'
import { type Terminal, withContext } from './terminal.ts'

/** `dev`: the whole app on this machine. */
export function addDevCommand(program: Command, terminal: Terminal): void {
  program
    .command('dev')
    .option('--server <file>', 'what starts the server, again when a file beside it changes', 'server.ts')
    .option('--app <folder>', 'where Vite and manifest.ts are', 'app')
    .action(async ({ server, app }: { server: string; app: string }) => {
      const exitCode = await runDev({
        root: terminal.root,
        server: resolve(terminal.root, server),
        app: resolve(terminal.root, app),
        program: `${basename(process.argv[1] ?? '')} dev`,
        environment: terminal.environment,
        // In a process of its own, which has loaded nothing yet.
        async checkSources() {
          const actions = join(dirname(resolve(terminal.root, server)), 'actions')
          const { environment, root: cwd } = terminal
          await runPart({ command: [process.argv[1] ?? '', 'check', '--actions', actions], cwd, environment })
        },
        isInstalled: async (environment) => {
          const active = await withContext({ ...terminal, environment }, (ctx) =>
            describeAccounts(ctx, { state: 'active', limit: 1 }),
          )
          return active.length > 0
        },
        print: terminal.print,
        say: terminal.say,
      })
      process.exit(exitCode) // Vite and the database may leave something open.
    })
}
