import type { Random } from './random.ts'

export type Group = { id: string; name: string }

const names = ['Zealand', 'Jutland and Funen', 'Sweden and Norway', 'Rental pool', 'Lifts', 'Earthworks'] as const

/** Every account has the same groups, each under ids of its own. */
export const createGroups = (random: Random): Group[] => names.map((name) => ({ id: random.uuid(), name }))
