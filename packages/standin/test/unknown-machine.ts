import type { SeenMachine } from '../src/machines/machine-register.ts'

/** A machine of which Trackunit said nothing. */
export const unknownMachine: SeenMachine = {
  id: '',
  name: null,
  brand: null,
  model: null,
  serialNumber: null,
  type: null,
  site: null,
  groups: [],
  address: null,
  latitude: null,
  longitude: null,
  lastSeenAt: null,
  operatingHours: null,
  idleHours: null,
  fuelPercent: null,
  batteryPercent: null,
}
