import type { KnownMachine } from './machine-register.ts'

/** A machine as a row shows it: what it is, and below how people know it. */
export function machineOfRow(machine: Pick<KnownMachine, 'id' | 'name' | 'brand' | 'model' | 'serialNumber'>): {
  id: string
  name: string
  detail: string | null
} {
  const { id, name, brand, model, serialNumber } = machine
  const kind = [brand, model].filter(Boolean).join(' ')
  const known = [kind ? name : null, serialNumber].filter(Boolean).join(', ')
  return { id, name: kind || name || id, detail: known || null }
}
