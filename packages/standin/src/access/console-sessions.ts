import { hash, randomBytes, randomUUID } from 'node:crypto'
import { type Actor, record } from '../audit/record.ts'
import { Secret } from '../config/secret.ts'
import { type Context, inTransaction } from '../context.ts'
import { byDatabaseClock } from '../database/database-clock.ts'
import type { DatabaseWatch } from '../database/database-watch.ts'
import {
  findConsoleSession,
  insertConsoleSession,
  lockConsoleSession,
  updateConsoleSession,
} from './console-session-store.ts'
import { type ConsoleCookie, signedConsoleCookies, signedConsoleSessions } from './console-session-table.ts'

/** A code that was not used by then opens nothing. */
const codeLifeMs = 60_000
/** Longer than an incident's first look, shorter than a night: an open browser is not a way in. */
export const sessionLifeMs = 3_600_000

/** The actor of everything that is changed in the console. */
export const consoleOperator: Actor = { kind: 'operator', id: 'console' }

export interface ConsoleSession extends ConsoleCookie {
  mayChange: boolean
}

const codeForm = /^[\w-]{43}$/
const digestOf = (code: string) => hash('sha256', code, 'base64url')

/**
 * Makes a code that opens the console once, within a minute, on any replica. Only a program with the server's
 * database and keys can call this, which is what entitles its user to the console.
 */
export async function makeConsoleCode(ctx: Context, { mayChange }: { mayChange: boolean }): Promise<Secret> {
  const code = randomBytes(32).toString('base64url')
  const nowMs = (await byDatabaseClock(ctx)).clock.now().getTime()
  const row = {
    id: randomUUID(),
    codeDigest: digestOf(code),
    mayChange,
    codeEndsAt: new Date(nowMs + codeLifeMs),
    openedAt: null,
    endedAt: null,
  }
  await insertConsoleSession(ctx, row, { deleteBefore: new Date(nowMs - 2 * sessionLifeMs) })
  return new Secret(code)
}

/** Begins a session. @returns undefined for a code that is wrong, used, too old, or not made by Standin */
export async function useConsoleCode(ctx: Context, code: string): Promise<ConsoleSession | undefined> {
  if (!codeForm.test(code)) return undefined
  return inTransaction(ctx, async (tx) => {
    const row = await lockConsoleSession(tx.db, { codeDigest: digestOf(code) })
    const openedAt = (await byDatabaseClock(tx)).clock.now()
    if (!row || row.openedAt || row.codeEndsAt <= openedAt || !tx.signedRows.accept(signedConsoleSessions, row))
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
  const known = readCookie(ctx, cookie)
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

/** Ends a session on every replica. */
export async function endConsoleSession(ctx: Context, { id }: ConsoleSession): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const row = await lockConsoleSession(tx.db, { id })
    if (!row || row.endedAt || !tx.signedRows.accept(signedConsoleSessions, row)) return
    await updateConsoleSession(tx, row, { endedAt: (await byDatabaseClock(tx)).clock.now() })
    await record(tx, { actor: consoleOperator, event: 'console.closed', details: { session: id } })
  })
}

/** The value of the session's cookie: `id.end.signature`. */
export function cookieOf({ signedRows }: Pick<Context, 'signedRows'>, { id, endsAt }: ConsoleSession): string {
  return [id, endsAt.getTime(), signedRows.sign(signedConsoleCookies, { id, endsAt })].join('.')
}

function readCookie({ signedRows }: Pick<Context, 'signedRows'>, cookie: string): ConsoleCookie | undefined {
  const [, id = '', ends = '', mac = ''] = /^([\da-f-]{36})\.(\d{1,15})\.(.{1,200})$/.exec(cookie) ?? []
  const known = { id, endsAt: new Date(Number(ends)) }
  return id !== '' && signedRows.isSigned(signedConsoleCookies, { ...known, mac }) ? known : undefined
}
