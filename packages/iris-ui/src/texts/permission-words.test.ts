import { documentedScopes } from '@standin/contracts'
import { textsFor } from '@standin/iris-ui'
import { expect, test } from 'vitest'

test.each(Object.keys(documentedScopes))('says in plain words what %s allows', async (scope) => {
  expect((await textsFor('en', { name: 'Standin' })).permissions[scope]).toMatch(/^[A-Z][^.]+$/)
})
