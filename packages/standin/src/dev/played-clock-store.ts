import postgres from 'postgres'

const keptS = 10

/**
 * Gives a development database its own time: in every session that begins from now on, `now()`, `clock_timestamp()` and the last
 * activity of sessions are ahead by the latest offset. PostgreSQL finds these functions before its own, so that the product's
 * statements need no change. An offset ends after ten seconds unless it is set again, so that a killed `standin dev` does not
 * leave the database in another time.
 */
export async function playClock(
  url: string,
): Promise<{ set(offsetMs: number): Promise<void>; close(): Promise<void> }> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const name = new URL(url).pathname.slice(1).replaceAll('"', '""')
  await sql.unsafe(`
    create schema if not exists played;
    create table if not exists played.clock (ahead interval not null);
    alter table played.clock add column if not exists kept_until timestamptz not null default '-infinity';
    delete from played.clock;
    insert into played.clock values ('0');
    create or replace function played.ahead() returns interval language sql stable
      as $$ select case when pg_catalog.now() < kept_until then ahead else '0' end from played.clock $$;
    create or replace function played.now() returns timestamptz language sql stable
      as 'select pg_catalog.now() + played.ahead()';
    create or replace function played.clock_timestamp() returns timestamptz language sql volatile
      as 'select pg_catalog.clock_timestamp() + played.ahead()';
    create or replace view played.pg_stat_activity as
      select datid, datname, pid, usename, application_name, client_addr, backend_start, xact_start, query_start,
        state_change + played.ahead() as state_change, wait_event_type, wait_event, state, query, backend_type
      from pg_catalog.pg_stat_activity;
    alter database "${name}" set search_path = public, played, pg_catalog`)
  return {
    async set(offsetMs) {
      await sql`
        update played.clock set ahead = make_interval(secs => ${offsetMs / 1_000}::float8),
          kept_until = pg_catalog.now() + make_interval(secs => ${keptS})`
    },
    close: () => sql.end({ timeout: 1 }),
  }
}
