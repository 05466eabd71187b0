import { expect, test } from 'vitest'
import { unknownMachine } from '../../test/unknown-machine.ts'
import type { SeenMachine } from '../machines/machine-register.ts'
import { createMachinesInMemory } from '../testing/machines-in-memory.ts'
import { readCounters } from './counters-snapshot.ts'

const machine = (id: string, serialNumber: string | null, name = id): SeenMachine => ({
  ...unknownMachine,
  id,
  name,
  serialNumber,
})
const datetime = '2026-11-20T05:50:00Z'
const equipment = (SerialNumber: unknown, Hour: unknown, EquipmentID?: string) => ({
  EquipmentHeader: { SerialNumber, EquipmentID },
  CumulativeIdleHours: { Hour, datetime },
})

/** What the register knows after a snapshot of these pages, and how many of them were read. */
async function read(seen: SeenMachine[], pages: unknown[]) {
  const machines = createMachinesInMemory().registerOf(1, '')
  await machines.keep(seen)
  let requests = 0
  const trackunit = { get: async () => pages[requests++ % pages.length] as never }
  await readCounters(
    { machines, trackunit, progress: async () => {} },
    { fromPage: 1, machinesSeen: seen.length, keep: async () => {} },
  )
  const known = new Map<string, number | null>()
  for await (const page of machines.list()) for (const { id, idleHours } of page) known.set(id, idleHours)
  return { known: Object.fromEntries(known), requests }
}

test('a machine is matched by its serial number if that is unique, otherwise by its name', async () => {
  const seen = [machine('a', 'S1'), machine('b', 'twice', 'B'), machine('c', 'twice', 'C'), machine('d', '77')]
  const Equipment = [equipment('S1', 10), equipment('twice', 20, 'C'), equipment(77, 30), equipment('S9', 40)]
  expect((await read(seen, [{ Equipment }])).known).toEqual({ a: 10, b: null, c: 20, d: 30 })
})

test('JSON converted from XML is understood: one item instead of a list, numbers as text, nothing instead of an empty list', async () => {
  const seen = [machine('a', 'S1')]
  expect((await read(seen, [{ Links: { rel: 'self' }, Equipment: equipment('S1', '10.5') }])).known).toEqual({
    a: 10.5,
  })
  expect(await read([], [{ Links: [] }])).toEqual({ known: {}, requests: 1 })
})

test('an answer that is not a snapshot does not count as an empty one', async () => {
  for (const answer of [{}, null, [], 'text', { message: 'no' }])
    await expect(read([], [answer])).rejects.toMatchObject({ reason: 'TRACKUNIT_UNAVAILABLE' })
})

test('a snapshot that never ends is abandoned', async () => {
  const page = { Links: [{ rel: 'next' }], Equipment: [equipment('S1', 10)] }
  expect(await read([machine('a', 'S1')], [page])).toEqual({ known: { a: 10 }, requests: 21 })
})
