import { expect, test } from 'vitest'
import { createFleets } from './fleets.ts'
import { machineAt } from './machine.ts'

const account = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'
const now = Date.UTC(2026, 10, 24, 12)
const dayMs = 24 * 3_600_000

function machinesOf({ seed = 'a', size = 2000, accountId = account, at = now } = {}) {
  return [
    ...createFleets({ seed, sizeOf: () => size, now: () => at })
      .of(accountId)
      .machines(),
  ]
}

test('the same seed and account give the same fleet, others another', () => {
  expect(machinesOf({ size: 20 })).toEqual(machinesOf({ size: 20 }))
  expect(machinesOf({ size: 20 })[7]?.id).not.toBe(machinesOf({ size: 20, seed: 'b' })[7]?.id)
  expect(machinesOf({ size: 20 })[7]?.id).not.toBe(machinesOf({ size: 20, accountId: 'another' })[7]?.id)
})

test('a larger fleet begins with the same machines', () => {
  expect(machinesOf({ size: 100 }).slice(0, 20)).toEqual(machinesOf({ size: 20 }))
})

test('no two machines share an id, a name or a serial number', () => {
  const machines = machinesOf()
  for (const key of ['id', 'name', 'serialNumber'] as const) {
    expect(new Set(machines.map((machine) => machine[key])).size).toBe(2000)
  }
})

test('machines look like machines', () => {
  const machines = machinesOf()
  const states = machines.map((machine) => machineAt(machine, now))

  const silent = states.filter(({ lastSeen }) => lastSeen && now - lastSeen.getTime() > dayMs)
  expect(silent.length / 2000).toBeGreaterThan(0.03)
  expect(silent.length / 2000).toBeLessThan(0.12)
  for (const { lastSeen, operatingHours, idleHours } of states) {
    if (lastSeen) expect(lastSeen.getTime()).toBeLessThanOrEqual(now)
    if (operatingHours === null) continue
    expect(operatingHours).toBeGreaterThan(0)
    expect(operatingHours).toBeLessThan(20_000)
    expect(idleHours).toBeLessThan(operatingHours)
  }
  for (const {
    coordinates: [longitude, latitude],
  } of machines) {
    expect(longitude).toBeGreaterThan(4)
    expect(latitude).toBeGreaterThan(53)
  }
})

test('hours grow while a machine reports, and stop once it is silent', () => {
  for (const machine of machinesOf()) {
    if (machine.hours.resetEveryDays !== null) continue
    const before = machineAt(machine, now).operatingHours
    const after = machineAt(machine, now + 7 * dayMs).operatingHours
    if (before === null || after === null) continue
    expect(after).toBeGreaterThanOrEqual(before)
    expect(after - before).toBeLessThanOrEqual(7 * 24)
  }
})

test('idle hours never grow faster than the hours', () => {
  for (const machine of machinesOf({ size: 300 })) {
    for (let day = 0; day < 70; day += 7) {
      const [before, after] = [machineAt(machine, now + day * dayMs), machineAt(machine, now + (day + 7) * dayMs)]
      if (before.idleHours === null || (after.operatingHours ?? 0) < (before.operatingHours ?? 0)) continue
      const worked = (after.operatingHours ?? 0) - (before.operatingHours ?? 0)
      expect((after.idleHours ?? 0) - before.idleHours).toBeLessThanOrEqual(worked + 0.02)
    }
  }
})

test('some counters restart, some machines pause reporting, some move to another site', () => {
  const [week, later] = [machinesOf(), machinesOf({ at: now + 60 * dayMs })]
  const hoursAt = (machine: (typeof week)[number], at: number) => machineAt(machine, at).operatingHours ?? 0
  const lastSeenAt = (machine: (typeof week)[number], at: number) => machineAt(machine, at).lastSeen?.getTime() ?? 0
  const days = Array.from({ length: 60 }, (_, day) => now + day * dayMs)

  const reset = week.filter((machine) => days.some((at) => hoursAt(machine, at + dayMs) < hoursAt(machine, at)))
  const gone = week.filter(
    (machine) =>
      days.some((at) => at - lastSeenAt(machine, at) > 5 * dayMs) &&
      days.some((at) => at - lastSeenAt(machine, at) < dayMs),
  )
  const moved = week.filter(({ site }, index) => site?.id !== later[index]?.site?.id)

  for (const some of [reset, gone, moved]) expect(some.length).toBeGreaterThan(5)
  expect(reset.length).toBeLessThan(40)
  expect(moved.length).toBeLessThan(400)
})

test('a fleet may be empty', () => {
  expect(machinesOf({ size: 0 })).toEqual([])
})
