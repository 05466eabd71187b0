import { expect, test } from 'vitest'
import { toBareMachine, toSeenMachine } from './asset.ts'

const seen = (asset: object) => toSeenMachine({ id: 'm', ...asset })

test('an asset is read whole, longitude first', () => {
  const asset = {
    name: 'EX-1187',
    brand: 'Volvo',
    model: 'EC220',
    serialNumber: 'S-1',
    assetType: 'EXCAVATOR',
    lastSeen: '2026-11-20T05:50:00.000Z',
    insights: { fuelLevel: 60, batteryStateOfChargePercent: null, cumulativeOperatingHours: 1_234.5 },
    locations: {
      latest: {
        geometry: { type: 'Point', coordinates: [12.5, 55.6, 3] },
        properties: { address: { streetAddress: 'Havnegade 1', city: null, country: 'Denmark' } },
      },
    },
    sites: { edges: [{ node: { id: 's', name: null } }] },
    groups: null,
  }
  expect(seen(asset)).toEqual({
    id: 'm',
    name: 'EX-1187',
    brand: 'Volvo',
    model: 'EC220',
    serialNumber: 'S-1',
    type: 'EXCAVATOR',
    site: { id: 's', name: 's' },
    groups: [],
    latitude: 55.6,
    longitude: 12.5,
    address: 'Havnegade 1, Denmark',
    lastSeenAt: new Date('2026-11-20T05:50:00.000Z'),
    operatingHours: 1_234.5,
    idleHours: null,
    fuelPercent: 60,
    batteryPercent: null,
  })
  expect(toBareMachine({ id: 'm', ...asset })).toMatchObject({ name: 'EX-1187', site: null, lastSeenAt: null })
})

test('an id that is a number is one; without an id there is no machine', () => {
  expect(toSeenMachine({ id: 42 })?.id).toBe('42')
  for (const asset of [{}, { id: '' }, { id: null }, { id: 'x'.repeat(151) }, null, 'm', 7])
    expect(toSeenMachine(asset)).toBeUndefined()
})

test.for([
  [null, null],
  [[], null],
  [[[12.5, 55.6]], null], // Of a line or a polygon.
  [[200, 10], null],
  [[10, 91], null],
  [['12.5', '55.6'], null],
])('of coordinates %j nothing is made up', ([coordinates, latitude]) => {
  expect(seen({ locations: { latest: { geometry: { coordinates } } } })).toMatchObject({
    latitude,
    longitude: latitude,
  })
})

test.for([
  ['2026-11-20T05:50:00.000Z', '2026-11-20T05:50:00.000Z'],
  ['2026-11-20T05:50:00+05:30', '2026-11-20T00:20:00.000Z'],
  ['2026-11-20T05:50:00', '2026-11-20T05:50:00.000Z'], // Without a zone: UTC, wherever the server stands.
  ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ['1970-01-01T00:00:00Z', undefined],
  ['0001-01-01T00:00:00', undefined],
  ['+275760-09-13T00:00:00Z', undefined],
  ['yesterday', undefined],
  ['', undefined],
])('a machine that was heard of at “%s” was so at %s', ([lastSeen, moment]) => {
  expect(seen({ lastSeen })?.lastSeenAt?.toISOString()).toBe(moment)
})

test.for([
  [0, 0],
  [100.4, 100],
  [100.5, null], // Another unit than percent.
  [-1, null],
  ['60', 60],
  ['full', null],
])('a fuel level of %j is %j percent', ([fuelLevel, percent]) => {
  expect(seen({ insights: { fuelLevel } })?.fuelPercent).toBe(percent)
})

test.for([
  [0, 0],
  [-0.5, null],
  [1e9, null],
])('a counter of %j is %j hours', ([cumulativeOperatingHours, hours]) => {
  expect(seen({ insights: { cumulativeOperatingHours } })?.operatingHours).toBe(hours)
})
