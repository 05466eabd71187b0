import type { SimulatedMachine } from './trackunit-in-memory.ts'

/** A fleet of healthy machines, spread over four sites. */
export function fleetOf(size: number, of: (nth: number) => Partial<SimulatedMachine> = () => ({})): SimulatedMachine[] {
  const types = ['EXCAVATOR', 'ROLLER', 'SCISSOR_LIFT', 'WHEEL_LOADER']
  const brands = ['Volvo', 'Bomag', 'Genie', 'Komatsu', 'JLG']
  return Array.from({ length: size }, (_, nth) => ({
    id: `m${nth + 1}`,
    name: `EX-${1_000 + nth}`,
    brand: brands[nth % 5] ?? '',
    model: 'M1',
    serialNumber: `S-${nth + 1}`,
    assetType: types[nth % 4] ?? '',
    lastSeen: '2026-11-23T05:50:00.000Z',
    coordinates: [12.6, 55.7] as [number, number],
    site: { id: `s${nth % 4}`, name: `Site ${nth % 4}` },
    hours: 1_000 + nth,
    idleHours: 300,
    fuelLevel: 60,
    battery: null,
    ...of(nth),
  }))
}
