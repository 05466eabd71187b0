import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AttackField, createAttackField, wellVictim } from '../../test/attack-field.ts'
import { prepareCallbackStacks } from '../../test/callback-stack.ts'
import { seededRandom } from '../../test/long-test.ts'
import { runCallbackFuzz } from '../../test/run-callback-fuzz.ts'
import { callbacks } from './callback-table.ts'
import { listHeld } from './held/held-callback-store.ts'

const seed = 20_251_124
const createStack = prepareCallbackStacks()
let field: AttackField
beforeAll(async () => {
  field = await createAttackField(await createStack())
})
afterAll(() => field[Symbol.asyncDispose]())

test(`invariants 3, 4, 6: of 10,000 callbacks with one fault each none is applied and none breaks the server (seed ${seed})`, async () => {
  const before = (await field.stack.db.select().from(callbacks)).length

  const { answers, wrong, sent } = await runCallbackFuzz(field, { random: seededRandom(seed), most: 10_000 })

  expect(wrong).toEqual([])
  expect(sent).toBe(10_000)
  // Every check refused something, not one of them everything. (HEAD has no body; a changed key id may be a new key's.)
  expect(Object.keys(answers).sort()).toEqual([
    '405',
    'CALLBACK_MALFORMED',
    'IDENTITY_EXPIRED',
    'IDENTITY_INVALID',
    'IDENTITY_MISMATCH',
    'IDENTITY_MISSING',
    'INPUT_TOO_LARGE',
    'IRIS_APP_UNKNOWN',
    'KEYS_UNAVAILABLE',
    'METHOD_NOT_ALLOWED',
    'NOT_FOUND',
    'UNSUPPORTED_MEDIA_TYPE',
  ])
  expect(await field.victimIsWell()).toEqual(wellVictim)
  expect(await field.stack.db.select().from(callbacks)).toHaveLength(before)
  expect((await listHeld(field.stack.db, { limit: 9_999 })).length).toBeLessThanOrEqual(1_200)
  expect(field.logged()).not.toMatch(/s3cr3t|eyJ/)
})
