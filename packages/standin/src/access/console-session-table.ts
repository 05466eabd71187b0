import { boolean, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { moment } from '../database/moment.ts'
import type { SignedKind } from '../secrets/signed-rows.ts'

/**
 * Sessions of the operator's console, with the one-time codes that open them. Ages: ended ones are deleted when the operator
 * makes the next code.
 */
export const consoleSessions = pgTable('console_sessions', {
  id: uuid().primaryKey(),
  mayChange: boolean().notNull(),
  codeEndsAt: moment().notNull(),
  /** When the code was used: it works once. */
  openedAt: moment(),
  /** When the operator signed out, or ended it with a command. */
  endedAt: moment(),
  mac: text().notNull(),
})

export type ConsoleSessionRow = typeof consoleSessions.$inferSelect

/** Only a process with the server's keys can make a code, let a session change things, or extend a session. */
export const signedConsoleSessions: SignedKind<Omit<ConsoleSessionRow, 'mac'>> = {
  name: 'console session',
  idOf: ({ id }) => id,
  signed: ({ id, mayChange, codeEndsAt, openedAt, endedAt }) => [
    id,
    String(mayChange),
    ...[codeEndsAt, openedAt, endedAt].map((at) => at?.toISOString() ?? null),
  ],
}

/** What the browser keeps. While the database is down, it is checked without it. */
export interface ConsoleCookie {
  id: string
  endsAt: Date
}

/** A code that opens the session of its id. It is stored nowhere, and a wrong one is known without the database. */
export const signedConsoleCodes: SignedKind<ConsoleCookie> = {
  name: 'console code',
  idOf: ({ id }) => id,
  signed: ({ id, endsAt }) => [id, endsAt.toISOString()],
}

/** A code for the time when the database is down, and cannot keep a session. */
export const signedOutageCodes: SignedKind<ConsoleCookie> = { ...signedConsoleCodes, name: 'console outage code' }

export const signedConsoleCookies: SignedKind<ConsoleCookie> = {
  name: 'console cookie',
  idOf: ({ id }) => id,
  signed: ({ id, endsAt }) => [id, endsAt.toISOString()],
}
