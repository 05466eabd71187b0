import { expect, test } from 'vitest'
import { machineOfRow } from './machine-of-row.ts'

const machine = { id: 'm-1', name: 'EX-1', brand: 'Volvo', model: 'EC220E', serialNumber: 'VCE1' }

test.each([
  [{}, 'Volvo EC220E', 'EX-1, VCE1'],
  [{ name: '   ' }, 'Volvo EC220E', 'VCE1'],
  [{ brand: ' ', model: null }, 'EX-1', 'VCE1'],
  [{ name: null, brand: null, model: null, serialNumber: '' }, 'm-1', null],
])('a machine of which %o is known is %s, %s', (known, name, detail) => {
  expect(machineOfRow({ ...machine, ...known })).toEqual({ id: 'm-1', name, detail })
})
