import { expect, test } from 'vitest'
import { createAttackField } from '../../test/attack-field.ts'
import { prepareCallbackStacks } from '../../test/callback-stack.ts'
import { installMany } from '../../test/first-installs.ts'

const createStack = prepareCallbackStacks()

test.each([
  ['each under its own JWT', false],
  ['all under one JWT that names no account', true],
])(
  'three hundred first installs at once are all accepted, %s',
  async (_title, isBatch) => {
    await using field = await createAttackField(await createStack())
    const { answers, stored } = await installMany(field, { accounts: 300, isBatch })
    expect({ answers, stored }).toEqual({ answers: { accepted: 300 }, stored: 300 })
  },
  30_000,
)
