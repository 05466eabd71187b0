import type { KeyedMessage } from '@standin/contracts'
import type { KnownMachine } from '../machines/machine-register.ts'
import { machineTexts, sayOfMachines } from './machine-messages.ts'

type KnownType = 'type.EXCAVATOR'

/** A type of machine; one that Trackunit adds later is shown as it calls it: `SCISSOR_LIFT` is "Scissor lift". */
export function typeName(type: string | null): KeyedMessage | string {
  if (!type) return sayOfMachines('noType')
  const key = `type.${type}`
  if (Object.hasOwn(machineTexts.en, key)) return sayOfMachines(key as KnownType)
  const words = type.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export const placeOf = ({ latitude, longitude }: Pick<KnownMachine, 'latitude' | 'longitude'>): string | null =>
  latitude === null || longitude === null ? null : `${latitude},${longitude}`
