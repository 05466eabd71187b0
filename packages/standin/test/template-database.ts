import { randomUUID } from 'node:crypto'
import { migrateDatabase } from '../src/database/migrate.ts'
import { createDatabase } from './create-database.ts'

/** A migrated database without connections, so that it can be copied. Its name is unique, because servers can be shared. */
export async function makeTemplateDatabase(server: { url: string; adminUrl: string }): Promise<{
  name: string
  drop: () => Promise<void>
}> {
  const name = `standin_template_${randomUUID().replaceAll('-', '')}`
  const { url, drop } = await createDatabase({ ...server, name })
  try {
    await migrateDatabase(url)
  } catch (error) {
    await drop()
    throw error
  }
  return { name, drop }
}
