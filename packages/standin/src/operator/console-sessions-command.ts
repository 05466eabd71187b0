import type { Command } from 'commander'
import { endConsoleSession, readConsoleSessions } from '../access/console-sessions.ts'
import { sessionId } from './arguments.ts'
import { type Columns, printTable } from './print-table.ts'
import { CommandFailed, operator, type Terminal, withContext } from './terminal.ts'

/** `console sessions|end`: who can use the console now, and an end to it. */
export function addConsoleSessions(console: Command, terminal: Terminal): void {
  console
    .command('sessions')
    .description('sessions that are open, and links that were not used yet')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const sessions = await withContext(terminal, readConsoleSessions)
      printTable(terminal, json, sessions, { none: 'No session is open.', columns })
    })

  const end = console.command('end')
  end
    .description('end a session of the console, or a link that was not used yet, on every server at once')
    .argument('[session]', 'an id from "console sessions"', sessionId)
    .option('--all', 'end all of them')
    .action(async (id: string | undefined, { all = false }: { all?: boolean }) => {
      if ((id === undefined) !== all) end.error('error: name a session of "console sessions", or --all')
      const ended = await withContext(terminal, async (ctx) => {
        const ids = id === undefined ? (await readConsoleSessions(ctx)).map((each) => each.id) : [id]
        const results: boolean[] = []
        for (const each of ids) results.push(await endConsoleSession(ctx, { id: each, actor: operator }))
        return results.filter(Boolean).length
      })
      if (id !== undefined && ended === 0) throw new CommandFailed('There is no such session, or it has ended.')
      terminal.say(ended === 1 ? 'One session has ended.' : `${ended} sessions have ended.`)
    })
}

const columns: Columns<Awaited<ReturnType<typeof readConsoleSessions>>[number]> = {
  SESSION: ({ id }) => id,
  STATE: ({ openedAt }) => (openedAt ? 'open' : 'not opened yet'),
  MAY: ({ mayChange }) => (mayChange ? 'change' : 'read'),
  OPENED: ({ openedAt }) => openedAt?.toISOString() ?? null,
  UNTIL: ({ endsAt }) => endsAt.toISOString(),
}
