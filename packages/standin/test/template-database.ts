import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { migrateDatabase } from '../src/database/migrate.ts'
import { createDatabase } from './create-database.ts'

/** A migrated database that nobody connects to, so that it can be copied; its name is free on a server that others use too. */
export async function makeTemplateDatabase(server: { url: string; adminUrl: string }): Promise<{
  name: string
  drop: () => Promise<void>
}> {
  const name = `standin_template_${randomUUID().replaceAll('-', '')}`
  const { url, drop } = await createDatabase({ ...server, name })
  const sql = postgres(url, { max: 2, onnotice: () => {} })
  try {
    await migrateDatabase(sql)
  } catch (error) {
    await sql.end({ timeout: 1 })
    await drop()
    throw error
  }
  await sql.end({ timeout: 1 })
  return { name, drop }
}
