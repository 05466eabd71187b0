import { spawn } from 'node:child_process'
import { isIP } from 'node:net'
import { type Command, InvalidArgumentError } from 'commander'
import { makeConsoleCode, makeOutageCode } from '../access/console-sessions.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import type { Environment } from '../config/environment-schema.ts'
import type { Secret } from '../config/secret.ts'
import { databaseTrouble } from '../database/database-trouble.ts'
import { createSignedRows } from '../secrets/signed-rows.ts'
import { within } from '../within.ts'
import { addConsoleSessions } from './console-sessions-command.ts'
import { CommandFailed, readServerConfig, type Terminal, withContext } from './terminal.ts'

interface ConsoleOptions {
  write?: boolean
  url?: string
  open: boolean
}

/** `console`: opens the operator's web app, which the servers have on their private port; `console sessions|end`. */
export function addConsoleCommand(program: Command, terminal: Terminal): void {
  const console = program
    .command('console')
    .description('print and open a link to the web console, which works once, within a minute')
    .option('--write', 'the session may change things; without it, it only reads')
    .option(
      '--url <address>',
      "where a browser reaches a server's private port, such as http://localhost:9464",
      address,
    )
    .option('--no-open', 'only print the link')
    .addHelpText('after', examples)
    .action(async ({ write = false, url, open }: ConsoleOptions) => {
      const base = url ?? addressOf(readServerConfig(terminal))
      await checkAnswers(base)
      const { code, session } = await codeFor(terminal, write)
      const link = `${base}/console/open#${code.reveal()}`
      terminal.print(link)
      terminal.say(`The link works once, within a minute. ${session}`)
      if (open) openInBrowser(link, terminal.environment)
    })
  addConsoleSessions(console, terminal)
}

/** A database that is frozen, or does not commit, would keep the command waiting. */
const storedWithinMs = 10_000

/** @returns a code, and a sentence about the session that it opens */
async function codeFor(terminal: Terminal, mayChange: boolean): Promise<{ code: Secret; session: string }> {
  try {
    const code = await within(
      storedWithinMs,
      withContext(terminal, (ctx) => makeConsoleCode(ctx, { mayChange })),
      'the database did not commit in time',
    )
    const may = mayChange ? 'may change things' : 'only reads; --write lets it change things'
    return { code, session: `The session lasts an hour and ${may}.` }
  } catch (error) {
    if (error instanceof ConfigError || error instanceof CommandFailed) throw error
    const { keys } = readServerConfig({ ...terminal, say: () => {} })
    const signedRows = createSignedRows({ ring: keys.audit })
    return {
      code: makeOutageCode({ signedRows, clock: systemClock }),
      session: `${databaseTrouble(error) ?? 'The database stores nothing.'} Until it does, the session shows the page Now and only reads.`,
    }
  }
}

const examples = `
Examples:
  standin console
  standin console --write
  standin console sessions
  standin console end --all
  ssh -N -L 9464:127.0.0.1:9464 SERVER  # in another terminal, for a server elsewhere; then:
  standin console --no-open --url http://localhost:9464`

function address(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('an address such as http://localhost:9464')
  return new URL(text).origin
}

/** Of the server on this machine. A browser cannot connect to "all addresses". */
function addressOf({ metrics: { host, port } }: Pick<Config, 'metrics'>): string {
  if (port === 0)
    throw new CommandFailed('METRICS_PORT is 0: the servers have no private port. Set it, and restart them.')
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}`
}

/** Called first, so that no code is made in vain. */
async function checkAnswers(base: string): Promise<void> {
  const response = await fetch(`${base}/console/open`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined)
  if (response?.ok) return
  throw new CommandFailed(
    `No console answers at ${base}. If the servers run elsewhere, forward the private port (METRICS_PORT) of one of them: "standin console --help" has an example.`,
  )
}

/** Only if there is a screen. Other processes can see the link on the command line, but it works only once. */
function openInBrowser(link: string, { PATH, DISPLAY, WAYLAND_DISPLAY, HOME, XDG_RUNTIME_DIR }: Environment): void {
  const openers: Partial<Record<NodeJS.Platform, string[]>> = {
    darwin: ['open', link],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', link],
    ...((DISPLAY || WAYLAND_DISPLAY) && { linux: ['xdg-open', link] }),
  }
  const [command, ...args] = openers[process.platform] ?? []
  if (!command) return
  const env = { PATH, DISPLAY, WAYLAND_DISPLAY, HOME, XDG_RUNTIME_DIR }
  spawn(command, args, { detached: true, stdio: 'ignore', env })
    .on('error', () => {}) // The link was printed.
    .unref()
}
