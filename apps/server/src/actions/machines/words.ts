import type { GivenRow, KnownMachine } from 'standin'

/** A number as a sentence has it. */
export const counted = (count: number): string => new Intl.NumberFormat('en').format(count)

export const plural = (count: number, one: string, many: string): string =>
  `${counted(count)} ${count === 1 ? one : many}`

/** `SCISSOR_LIFT` is Trackunit's; people read "Scissor lift". */
export function typeName(type: string | null): string {
  if (!type) return 'No type'
  const words = type.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A machine as a row has it: what it is, and below by what people know it. */
export function machineOfRow(
  machine: Pick<KnownMachine, 'id' | 'name' | 'brand' | 'model' | 'serialNumber'>,
): NonNullable<GivenRow['machine']> {
  const { id, name, brand, model, serialNumber } = machine
  const kind = [brand, model].filter(Boolean).join(' ')
  const known = [kind ? name : null, serialNumber].filter(Boolean).join(', ')
  return { id, name: kind || name || id, detail: known || null }
}

export const placeOf = ({ latitude, longitude }: Pick<KnownMachine, 'latitude' | 'longitude'>): string | null =>
  latitude === null || longitude === null ? null : `${latitude},${longitude}`
