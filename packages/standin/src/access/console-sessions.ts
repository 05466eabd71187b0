import { randomUUID } from 'node:crypto'
import { type Actor, record } from '../audit/record.ts'
import { Secret } from '../config/secret.ts'
import { type Context, inTransaction } from '../context.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import type { DatabaseWatch } from '../database/database-watch.ts'
import {
  findConsoleSession,
  insertConsoleSession,
  listConsoleSessions,
  lockConsoleSession,
  updateConsoleSession,
} from './console-session-store.ts'
import {
  type ConsoleCookie,
  signedConsoleCodes,
  signedConsoleCookies,
  signedConsoleSessions,
  signedOutageCodes,
} from './console-session-table.ts'

/** How long a code can be used. */
const codeLifeMs = 60_000
/** Longer than an incident's first look, shorter than a night: an open browser is not a way in. */
export const sessionLifeMs = 3_600_000

/** The actor of everything that is changed in the console. */
export const consoleOperator: Actor = { kind: 'operator', id: 'console' }

export interface ConsoleSession extends ConsoleCookie {
  mayChange: boolean
}

/**
 * Makes a code that opens the console once, within a minute, on any replica. Only a program with the server's
 * database and keys can call this, which is what entitles its user to the console.
 */
export async function makeConsoleCode(ctx: Context, { mayChange }: { mayChange: boolean }): Promise<Secret> {
  const nowMs = (await byDatabaseClock(ctx)).clock.now().getTime()
  const row = {
    id: randomUUID(),
    mayChange,
    codeEndsAt: new Date(nowMs + codeLifeMs),
    openedAt: null,
    endedAt: null,
  }
  await insertConsoleSession(ctx, row, { deleteBefore: new Date(nowMs - 2 * sessionLifeMs) })
  const code = { id: row.id, endsAt: row.codeEndsAt }
  return new Secret(signedText(code, ctx.signedRows.sign(signedConsoleCodes, code)))
}

/**
 * Makes a code without the database. It works only while the database is down, and opens a session that only reads. The
 * session ends when the database is back, which does not know it.
 */
export function makeOutageCode({ signedRows, clock }: Pick<Context, 'signedRows' | 'clock'>): Secret {
  const code = { id: randomUUID(), endsAt: new Date(clock.now().getTime() + codeLifeMs) }
  return new Secret(signedText(code, signedRows.sign(signedOutageCodes, code)))
}

/**
 * Begins a session with such a code. Only the log can record it.
 * @param used the codes that were used in this process: each works once
 */
export async function useOutageCode(
  ctx: Context & { watch: Pick<DatabaseWatch, 'suspect'> },
  code: string,
  used: Set<string>,
): Promise<ConsoleSession | undefined> {
  const known = readSigned(ctx, signedOutageCodes, code)
  const now = ctx.clock.now()
  if (!known || known.endsAt <= now || used.has(known.id)) return undefined
  if (!(await ctx.watch.suspect()) || used.has(known.id)) return undefined // Another request may have used it meanwhile.
  used.add(known.id)
  ctx.log.warn({ session: known.id }, 'the console was opened while the database is down; such a session only reads')
  return { id: known.id, mayChange: false, endsAt: new Date(now.getTime() + sessionLifeMs) }
}

/** By so much this machine's clock may be ahead of the database's, which decides. */
const clockSlackMs = 120_000

/**
 * Begins a session. A code that Standin did not make, or long ago, costs one MAC and no statement: so guesses need no limit,
 * which would also keep out the operator who has a code.
 * @returns undefined for a code that is wrong, used, too old, or not made by Standin
 */
export async function useConsoleCode(ctx: Context, code: string): Promise<ConsoleSession | undefined> {
  const known = readSigned(ctx, signedConsoleCodes, code)
  if (!known || known.endsAt.getTime() + clockSlackMs <= ctx.clock.now().getTime()) return undefined
  return inTransaction(ctx, async (tx) => {
    const row = await lockConsoleSession(tx.db, known.id)
    const openedAt = (await byDatabaseClock(tx)).clock.now()
    if (
      !row ||
      row.openedAt ||
      row.endedAt ||
      row.codeEndsAt <= openedAt ||
      !tx.signedRows.accept(signedConsoleSessions, row)
    )
      return undefined
    await updateConsoleSession(tx, row, { openedAt })
    const { id, mayChange } = row
    await record(tx, { actor: consoleOperator, event: 'console.opened', details: { session: id, mayChange } })
    return { id, mayChange, endsAt: new Date(openedAt.getTime() + sessionLifeMs) }
  })
}

/**
 * The session of a cookie. While the database is down, its signature and its end are all that can be checked: such a
 * session only reads.
 * @returns undefined if there is none, or it has ended
 */
export async function findSessionOfCookie(
  ctx: Context & { watch: Pick<DatabaseWatch, 'isDown' | 'suspect' | 'whileUp'> },
  cookie: string,
): Promise<ConsoleSession | undefined> {
  const known = readSigned(ctx, signedConsoleCookies, cookie)
  if (!known) return undefined
  const fromCookie = known.endsAt > ctx.clock.now() ? { ...known, mayChange: false } : undefined
  if (ctx.watch.isDown()) return fromCookie
  try {
    const found = await ctx.watch.whileUp(findConsoleSession(ctx.db, known.id, sessionLifeMs))
    if (!found?.isYoung || found.row.endedAt || !ctx.signedRows.accept(signedConsoleSessions, found.row))
      return undefined
    return { ...known, mayChange: found.row.mayChange }
  } catch (error) {
    if (await ctx.watch.suspect(error)) return fromCookie
    throw error
  }
}

/** The sessions that are open, and those that a code can still open; the newest first. */
export async function readConsoleSessions({ db, signedRows }: Pick<Context, 'db' | 'signedRows'>) {
  const rows = await listConsoleSessions(db, sessionLifeMs)
  return rows
    .filter((row) => signedRows.accept(signedConsoleSessions, row))
    .map(({ id, mayChange, openedAt, codeEndsAt }) => ({
      id,
      mayChange,
      openedAt,
      endsAt: openedAt ? new Date(openedAt.getTime() + sessionLifeMs) : codeEndsAt,
    }))
}

/**
 * Ends a session on every replica, or keeps its code from opening it.
 * @returns false if there is none that has not ended
 */
export async function endConsoleSession(
  ctx: Context,
  { id, actor = consoleOperator }: { id: string; actor?: Actor },
): Promise<boolean> {
  return inTransaction(ctx, async (tx) => {
    const row = await lockConsoleSession(tx.db, id)
    if (!row || row.endedAt || !tx.signedRows.accept(signedConsoleSessions, row)) return false
    await updateConsoleSession(tx, row, { endedAt: (await byDatabaseClock(tx)).clock.now() })
    await record(tx, { actor, event: 'console.closed', details: { session: id } })
    return true
  })
}

/** The value of the session's cookie: `id.end.signature`. */
export function cookieOf({ signedRows }: Pick<Context, 'signedRows'>, { id, endsAt }: ConsoleSession): string {
  return signedText({ id, endsAt }, signedRows.sign(signedConsoleCookies, { id, endsAt }))
}

const signedText = ({ id, endsAt }: ConsoleCookie, mac: string) => [id, endsAt.getTime(), mac].join('.')

function readSigned(
  { signedRows }: Pick<Context, 'signedRows'>,
  kind: typeof signedConsoleCookies,
  text: string,
): ConsoleCookie | undefined {
  const [, id = '', ends = '', mac = ''] = /^([\da-f-]{36})\.(\d{1,15})\.(.{1,200})$/.exec(text) ?? []
  const known = { id, endsAt: new Date(Number(ends)) }
  return id !== '' && signedRows.isSigned(kind, { ...known, mac }) ? known : undefined
}
