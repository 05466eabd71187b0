import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createActionStage, fleetOf } from 'standin/testing'
import { silentMachines } from './silent-machines.ts'

const now = new Date('2026-11-23T06:00:00Z')
const machines = fleetOf(120, (nth) => ({ lastSeen: nth < 3 ? '2026-11-01T06:00:00Z' : '2026-11-23T05:00:00Z' }))

test('lists the machines that have been silent for a week', async () => {
  const { headline, rows } = await createActionStage({ now, machines }).play(silentMachines)

  assert.equal(headline, '3 machines have been silent for 7 days.')
  assert.deepEqual(
    rows.map(({ id }) => id),
    ['m1', 'm2', 'm3'],
  )
})

test('continues where it was when its server ends', async () => {
  const onRequest = (nth: number) => (nth === 3 ? 'die' : 'answer')
  const { rows, attempts } = await createActionStage({ now, machines, onRequest }).play(silentMachines)

  assert.equal(attempts, 2)
  assert.equal(rows.length, 3)
})
