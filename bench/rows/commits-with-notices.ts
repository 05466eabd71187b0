import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from 'standin/embedded-postgres'
import { inTransaction } from '../../packages/standin/src/context.ts'
import { connectDatabase } from '../../packages/standin/src/database/database.ts'
import { createNotifier, notify } from '../../packages/standin/src/database/notices.ts'
import type { Comparison, Measured } from '../compare.ts'

const writers = 32
const forMs = 2_000
/** As a cloud volume takes to flush; several commits share a flush, as they do there. */
const flush = 'commit_delay=2000&commit_siblings=0'

/** Commits of many writers at once on a slow disk, each of which the other replicas hear of. */
export async function commitsWithNotices(): Promise<AsyncDisposable & { comparisons: Comparison[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-bench-'))
  const server = await startEmbeddedPostgres({ dataDir: folder })
  const { db, sql, close } = connectDatabase(`${server.adminUrl}?${flush}`, {
    pool: writers,
  })
  await sql`create table written (id int primary key, times int not null)`
  await sql`insert into written select id, 0 from generate_series(0, ${writers}) id`
  const ctx = { db, notices: createNotifier((notices) => notify(db, notices)) }

  async function measure(): Promise<Measured> {
    const startedAtMs = performance.now()
    let commits = 0
    const write = async (id: number) => {
      for (; performance.now() - startedAtMs < forMs; commits++)
        await inTransaction(ctx, async (tx) => {
          await tx.db.execute(`update written set times = times + 1 where id = ${id}`)
          tx.notices.send('runs_changed', String(id))
        })
    }
    await Promise.all(Array.from({ length: writers }, (_, id) => write(id)))
    return { value: (commits * 1_000) / (performance.now() - startedAtMs) }
  }

  return {
    comparisons: [
      {
        id: 'commits-with-notices',
        name: `commits with 2 ms of flush, each with a notice, ${writers} at once`,
        unit: '/s',
        goal: 2_000,
        stretch: 4_000,
        better: 'more',
        subject: { name: 'inTransaction', warmUp: async () => void (await measure()), measure },
      },
    ],
    async [Symbol.asyncDispose]() {
      await ctx.notices.close()
      await close()
      await server.stop()
      await rm(folder, { recursive: true })
    },
  }
}
