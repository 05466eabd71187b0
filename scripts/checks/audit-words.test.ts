import { expect, test } from 'vitest'
import { en } from '../../packages/iris-ui/src/texts/called-standin.fixture.ts'
import { auditEvents } from '../../packages/standin/src/audit/audit-kinds.ts'

test('the app has a sentence for each event of the audit, and for no other', () => {
  expect(Object.keys(en.activity.events).toSorted()).toEqual(auditEvents.toSorted())
})
