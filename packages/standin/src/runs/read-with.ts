import { type SQL, sql } from 'drizzle-orm'
import { arrayParameter } from '../database/is-among.ts'
import { runs } from './run-table.ts'

/** Whether a run was read with none but these scopes; undefined allows any, since a caller's own are unknown. */
export const isReadWith = (own: readonly string[] | undefined): SQL =>
  sql`(${own === undefined}::boolean or ${runs.readsWith} <@ (select ${arrayParameter(own ?? [], 'text')}))`
