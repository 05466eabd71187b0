import { readAccountNames } from '../accounts/names/account-name-store.ts'
import type { Context } from '../context.ts'
import { printable } from './terminal.ts'

/** A row of a list, with what the operator calls its account. */
export type Named<Row> = Row & { accountName: string | null }

/** Adds the operator's names to the rows of a list. */
export async function withNames<Row extends { accountId?: string | null | undefined }>(
  { db }: Pick<Context, 'db'>,
  rows: readonly Row[],
): Promise<Array<Named<Row>>> {
  const names = await readAccountNames(
    db,
    rows.flatMap(({ accountId }) => (accountId && accountId !== 'all' ? [accountId] : [])),
  )
  return rows.map((row) => ({ ...row, accountName: names.get(row.accountId ?? '') ?? null }))
}

/** The column of a list, beside the account's id. */
export const nameColumn = {
  NAME: ({ accountName }: { accountName: string | null }) => accountName && printable(accountName, 80),
}
