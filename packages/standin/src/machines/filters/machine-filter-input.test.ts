import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { machineFilterInput, matchesFilter } from './machine-filter-input.ts'

test('an action with this input works on all machines by default, and its form shows the choice of machines', () => {
  const input = z.object({ machines: machineFilterInput })

  expect(input.parse({})).toEqual({ machines: {} })
  expect(input.safeParse({ machines: { siteIds: ['s1'], colour: 'red' } }).success).toBe(false)
  const { properties, required = [] } = z.toJSONSchema(input, { io: 'input' })
  expect(properties?.machines).toMatchObject({ format: 'machine-filter', title: 'Which machines' })
  expect(required).toEqual([])
})

const id = fc.constantFrom('a', 'b', 'c')
const list = fc.option(fc.array(id, { maxLength: 3 }), { nil: undefined })

test('a machine matches when it has one value of every list in the filter', () => {
  fc.assert(
    fc.property(
      fc.record({ type: fc.option(id), site: fc.option(fc.record({ id })), groups: fc.array(fc.record({ id })) }),
      fc.record({ types: list, siteIds: list, groupIds: list }),
      (machine, { types, siteIds, groupIds }) => {
        const has = (wanted: string[] | undefined, own: Array<string | null | undefined>) =>
          wanted === undefined || own.some((each) => typeof each === 'string' && wanted.includes(each))
        const expected =
          has(types, [machine.type]) &&
          has(siteIds, [machine.site?.id]) &&
          has(
            groupIds,
            machine.groups.map((group) => group.id),
          )
        const filter = { ...(types && { types }), ...(siteIds && { siteIds }), ...(groupIds && { groupIds }) }
        expect(matchesFilter(machine, filter)).toBe(expected)
      },
    ),
  )
})
