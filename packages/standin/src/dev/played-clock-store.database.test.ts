import postgres from 'postgres'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../../test/test-database.ts'
import { playClock } from './played-clock-store.ts'

const dayMs = 24 * 3_600_000

test('the database is ahead by the offset that was set, and returns to its own time once it is no longer set', async () => {
  await using database = await createTestDatabase()
  const clock = await playClock(database.url)
  const sql = postgres(database.url, { max: 1, onnotice: () => {} })
  const daysAhead = async () => {
    const [row] = await sql<Array<{ one: number; other: number }>>`
      select extract(epoch from now() - pg_catalog.now())::float8 * 1000 / ${dayMs} as one,
        extract(epoch from clock_timestamp() - pg_catalog.clock_timestamp())::float8 * 1000 / ${dayMs} as other`
    return [row?.one, row?.other].map((days) => Math.round(Number(days)) + 0) // No -0.
  }
  try {
    await clock.set(3 * dayMs)
    expect(await daysAhead()).toEqual([3, 3])
    await sql`update played.clock set kept_until = pg_catalog.now() - interval '1 second'` // Ten seconds have passed.
    expect(await daysAhead()).toEqual([0, 0])
    await clock.set(3 * dayMs)
    expect(await daysAhead()).toEqual([3, 3])
    await clock.set(0)
    expect(await daysAhead()).toEqual([0, 0])
  } finally {
    await sql.end()
    await clock.close()
  }
})
