const codes = /^(ECONN|CONNECT|ENOTFOUND|EAI_AGAIN|28|3D|57P0)/

/** One line for the operator if an error means that the database cannot be used at all; otherwise undefined. */
export function databaseTrouble(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const code = 'code' in each ? each.code : undefined
    if (code === '08P01')
      return `The server at DATABASE_URL refuses the session (${code}). If it is a transaction pooler, set DATABASE_DIRECT_URL to the database itself.`
    if (code === '55P03')
      return 'The tables of DATABASE_URL must be changed for this version, but something else locks them, a backup for example. Nothing was changed: start again when that has ended.'
    if (code === 'CONNECT_TIMEOUT')
      return `The database of DATABASE_URL does not answer (${code}). Check that it runs, and that nothing between it and here drops the connection.`
    if (typeof code === 'string' && codes.test(code))
      return `The database of DATABASE_URL cannot be used (${code}). Check its address, user and password, and that it is running.`
  }
  return undefined
}
