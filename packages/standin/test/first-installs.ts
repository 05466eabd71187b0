import { sql } from 'drizzle-orm'
import type { AttackField } from './attack-field.ts'
import { appId, installed } from './callback-stack.ts'

const atOnce = 50

/**
 * As a pre-installed app may see it: so many accounts install for the first time at once, all over HTTP.
 * @returns the answers, how long it took, and how many sets of credentials are stored
 */
export async function installMany(
  field: AttackField,
  { accounts, isBatch }: { accounts: number; isBatch: boolean },
): Promise<{ answers: Record<string, number>; tookMs: number; stored: number }> {
  const oneJwt = await field.genuine()
  const callbacks = await Promise.all(
    Array.from({ length: accounts }, async (_, index) => {
      const accountId = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
      const identity = isBatch ? oneJwt : await field.genuine({ accountId, irisAppId: appId })
      return { headers: { 'trackunit-identity': identity }, body: installed(`client-${index}`, { accountId }) }
    }),
  )
  const answers: Record<string, number> = {}
  const left = callbacks.values()
  const beganAtMs = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const attempt of left) {
        const answer = await field.send(attempt)
        answers[answer] = (answers[answer] ?? 0) + 1
      }
    }),
  )
  const tookMs = performance.now() - beganAtMs
  const [row] = await field.stack.db.execute(
    sql`select count(*)::int as n from credentials where account_id::text like '00000000-0000-4000-8000-%'`,
  )
  return { answers, tookMs, stored: Number(row?.n) }
}
