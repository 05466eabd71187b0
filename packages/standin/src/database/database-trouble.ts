/** Of Node and OpenSSL. */
const certificateCodes = /^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|PATH_LENGTH|ERR_TLS_CERT)/

const codes = /^(ECONN|CONNECT|ENOTFOUND|EAI_AGAIN|28|3D|57P0)/

/** One line for the operator if an error means that the database cannot be used at all; otherwise undefined. */
export function databaseTrouble(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const code = 'code' in each ? each.code : undefined
    if (code === '08P01')
      return `The server at DATABASE_URL refuses the session (${code}). If it is a transaction pooler, set DATABASE_DIRECT_URL to the database itself.`
    if (code === '55P03')
      return 'The tables of DATABASE_URL must be changed for this version, but something else locks them, a backup for example. Nothing was changed: start again when that has ended.'
    if (code === '25006')
      return 'The database of DATABASE_URL is read-only (25006): it is a standby, or default_transaction_read_only is on. The address must lead to the primary.'
    if (code === '53100') return 'The disk of the database of DATABASE_URL is full (53100). Make room there.'
    if (code === 'CONNECT_TIMEOUT')
      return `The database of DATABASE_URL does not answer (${code}). Check that it runs, and that nothing between it and here drops the connection.`
    if (typeof code === 'string' && certificateCodes.test(code)) return certificateTrouble(code)
    if (typeof code === 'string' && /^(ERR_SSL_|EPROTO)/.test(code))
      return `The database of DATABASE_URL does not speak TLS as sslmode asks (${code}). Turn ssl on in PostgreSQL, or check that the address is PostgreSQL's.`
    if (code === '28000' && each.message.includes('no encryption'))
      return 'The database of DATABASE_URL takes only encrypted connections of this user from here (28000). Add sslmode=verify-full to the address.'
    if (typeof code === 'string' && codes.test(code))
      return `The database of DATABASE_URL cannot be used (${code}). Check its address, user and password, and that it is running${code === 'ECONNRESET' ? '; if the address has sslmode, that PostgreSQL has ssl on' : ''}.`
  }
  return undefined
}

function certificateTrouble(code: string): string {
  const certificate = 'The certificate of the database of DATABASE_URL'
  if (code === 'CERT_HAS_EXPIRED')
    return `${certificate} has expired (${code}). Renew it there, and let PostgreSQL read it (pg_ctl reload).`
  if (code === 'CERT_NOT_YET_VALID') return `${certificate} is not valid yet (${code}). Check this machine's clock.`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `${certificate} is for another name (${code}). DATABASE_URL must name the host as the certificate does.`
  return `${certificate} is not from an authority that is trusted here (${code}). Name the authority's file in the address: sslrootcert=FILE.`
}
