import postgres, { type Sql } from 'postgres'

export interface NewDatabase {
  readonly adminUrl: string
  /** Whose role will own the database. */
  readonly url: string
  readonly name: string
  readonly template?: string
}

/** Creates a database as the administrator, for the role of `url`; `drop` ends the connections that are left. */
export async function createDatabase({ adminUrl, url, name, template }: NewDatabase): Promise<{
  url: string
  drop: () => Promise<void>
}> {
  const address = new URL(url)
  const owner = decodeURIComponent(address.username)
  await asAdministrator(adminUrl, async (sql) => {
    if (template) await sql`create database ${sql(name)} template ${sql(template)} owner ${sql(owner)}`
    else await sql`create database ${sql(name)} owner ${sql(owner)}`
  })
  address.pathname = `/${name}`
  return {
    url: address.href,
    drop: () =>
      asAdministrator(adminUrl, async (sql) => {
        await sql`drop database if exists ${sql(name)} with (force)`
      }),
  }
}

async function asAdministrator(adminUrl: string, work: (sql: Sql) => Promise<void>): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}
