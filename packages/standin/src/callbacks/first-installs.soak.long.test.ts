import { expect, test } from 'vitest'
import { createAttackField } from '../../test/attack-field.ts'
import { prepareCallbackStacks } from '../../test/callback-stack.ts'
import { installMany } from '../../test/first-installs.ts'

const createStack = prepareCallbackStacks()

test.each([
  ['each under its own JWT', false],
  ['all under one JWT that names no account', true],
])('five thousand first installs are all accepted within a minute, %s', async (title, isBatch) => {
  await using field = await createAttackField(await createStack())
  const { answers, tookMs, stored } = await installMany(field, { accounts: 5_000, isBatch })
  process.stderr.write(`5,000 first installs, ${title}: ${Math.round(tookMs)} ms\n`)
  expect({ answers, stored }).toEqual({ answers: { accepted: 5_000 }, stored: 5_000 })
  expect(tookMs).toBeLessThan(60_000)
})
