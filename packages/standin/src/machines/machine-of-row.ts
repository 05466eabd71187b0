import type { KnownMachine } from './machine-register.ts'

/** A machine as a row shows it: its brand and model, and below them its name and serial number. */
export function machineOfRow(machine: Pick<KnownMachine, 'id' | 'name' | 'brand' | 'model' | 'serialNumber'>): {
  id: string
  name: string
  detail: string | null
} {
  const { id } = machine
  // Some names are nothing but spaces.
  const [name, brand, model, serialNumber] = [machine.name, machine.brand, machine.model, machine.serialNumber].map(
    (each) => each?.trim(),
  )
  const kind = [brand, model].filter(Boolean).join(' ')
  const known = [kind ? name : null, serialNumber].filter(Boolean).join(', ')
  return { id, name: kind || name || id, detail: known || null }
}
