import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AttackField, createAttackField, wellVictim } from '../../test/attack-field.ts'
import { prepareCallbackStacks } from '../../test/callback-stack.ts'
import { longTest, seededRandom } from '../../test/long-test.ts'
import { runCallbackFuzz } from '../../test/run-callback-fuzz.ts'
import { saveRejections } from './rejected/count-rejections.ts'
import { verifyUnverified } from './unverified/verify-unverified.ts'

const most = 1_000_000
const inOneGo = 20_000
const MB = 1_048_576

const createStack = prepareCallbackStacks()
let field: AttackField
beforeAll(async () => {
  field = await createAttackField(await createStack())
})
afterAll(() => field[Symbol.asyncDispose]())

test('a million callbacks with one fault each: none is applied, none breaks the server, memory and disk stay bounded', async () => {
  const { seed, endsAtMs } = longTest()
  const random = seededRandom(seed)
  const sizes: { heapMb: number; databaseMb: number }[] = []
  let sent = 0

  while (sent < most && performance.now() < endsAtMs) {
    const outcome = await runCallbackFuzz(field, { random, most: Math.min(inOneGo, most - sent), endsAtMs })
    sent += outcome.sent
    expect(outcome.wrong).toEqual([])
    await verifyUnverified(field.stack.ctx)
    await saveRejections(field.stack.ctx)
    sizes.push({ heapMb: heapBytes() / MB, databaseMb: (await databaseBytes()) / MB })
    const { heapMb, databaseMb } = sizes.at(-1) ?? { heapMb: 0, databaseMb: 0 }
    process.stderr.write(`${sent} sent, heap ${heapMb.toFixed(1)} MB, database ${databaseMb.toFixed(1)} MB\n`)
  }

  process.stderr.write(`largest: ${await largestTables()}\n`)
  expect(await field.victimIsWell()).toEqual(wellVictim)
  // The first rounds fill what is bounded: a thousand held ones, pages that are compiled, tables that breathe.
  const [, , filled = sizes.at(-1)] = sizes
  const last = sizes.at(-1)
  expect(last?.heapMb).toBeLessThan((filled?.heapMb ?? 0) + 20)
  expect(last?.databaseMb).toBeLessThan((filled?.databaseMb ?? 0) + 40)
})

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

async function databaseBytes(): Promise<number> {
  const [row] = await field.stack.db.execute(sql`select pg_database_size(current_database())::float as bytes`)
  return Number(row?.bytes)
}

async function largestTables(): Promise<string> {
  const rows = await field.stack.db.execute(sql`
    select relname, pg_total_relation_size(oid) as bytes from pg_class where relkind = 'r'
    order by 2 desc limit 5`)
  return rows.map(({ relname, bytes }) => `${relname} ${Math.round(Number(bytes) / 1024)} kB`).join(', ')
}
