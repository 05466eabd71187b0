import type { AttackField } from './attack-field.ts'
import { createCallbackFuzz } from './callback-fuzz.ts'

const atOnce = 8
/** Time advances between callbacks, so that limits and cool-downs end. */
const msBetween = 3

export interface FuzzOutcome {
  sent: number
  /** How often each answer came. */
  answers: Record<string, number>
  /** Must stay empty: applied callbacks, and answers of a broken server. */
  wrong: string[]
}

const applied = ['accepted', 'duplicate', 'superseded', 'ignored', '200']

/** Sends fuzzed callbacks until enough were sent or the time is over. */
export async function runCallbackFuzz(
  field: AttackField,
  { random, most, endsAtMs = Number.POSITIVE_INFINITY }: { random: () => number; most: number; endsAtMs?: number },
): Promise<FuzzOutcome> {
  const next = createCallbackFuzz(field, random)
  const outcome: FuzzOutcome = { sent: 0, answers: {}, wrong: [] }

  async function sendOneAfterAnother(): Promise<void> {
    while (outcome.sent < most && performance.now() < endsAtMs) {
      outcome.sent++
      field.stack.clock.advance(msBetween)
      const { attempt, fault } = await next()
      const answer = String(await field.send(attempt))
      outcome.answers[answer] = (outcome.answers[answer] ?? 0) + 1
      const isBroken = /^5\d\d$|^INTERNAL$|^STORAGE_UNAVAILABLE$|^OVERLOADED$/.test(answer)
      if (applied.includes(answer) || isBroken)
        outcome.wrong.push(`${answer} for ${fault}: ${JSON.stringify(attempt).slice(0, 3_000)}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sendOneAfterAnother))
  return outcome
}
