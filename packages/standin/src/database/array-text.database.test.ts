import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { anyText } from '../../test/any-text.ts'
import { createTestDatabase } from '../../test/test-database.ts'
import { arrayText } from './array-text.ts'
import { connectDatabase } from './database.ts'

const database = await createTestDatabase()
const { sql, close } = connectDatabase(database.url, { pool: 1 })
afterAll(async () => {
  await close()
  await database.drop()
})

const storable = anyText().filter((text) => !text.includes('\0') && text.isWellFormed())

test('PostgreSQL reads every array of texts unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(storable)), async (texts) => {
      const [row] = await sql`select to_json(${arrayText(texts)}::text::text[]) as texts`
      expect(row?.texts).toEqual(texts)
    }),
  )
})
