import postgres from 'postgres'

/**
 * Gives a test's database the time: `now()` of every session that begins from here on is what was set last. PostgreSQL finds
 * this function before its own, so that the product's statements are as they always are.
 */
export async function playDatabaseClock({ url }: { url: string }): Promise<{
  set(at: Date): Promise<void>
  close(): Promise<void>
}> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const name = new URL(url).pathname.slice(1)
  await sql.unsafe(`
    create schema if not exists played;
    create table if not exists played.clock (at timestamptz);
    create or replace function played.now() returns timestamptz language sql stable as 'select at from played.clock';
    alter database "${name}" set search_path = played, public, pg_catalog`)
  return {
    set: async (at) => {
      await sql.begin(async (tx) => {
        await tx`delete from played.clock`
        await tx`insert into played.clock values (${at.toISOString()})`
      })
    },
    close: () => sql.end({ timeout: 1 }),
  }
}
