import type { Area, ResultColumn } from '@standin/client'
import type { Asked } from './input-of.ts'
import { sortOf } from './table-address.ts'

/** Search, filters and order, as the address has them. */
export function askedOfAddress(address: URLSearchParams, columns: readonly ResultColumn[]): Asked {
  const search = address.get('q') ?? ''
  const sort = sortOf(address)
  const within = areaOfText(address.get('near'))
  const filter = Object.fromEntries(
    columns.flatMap(({ key, filterable }) => {
      const value = filterable ? address.get(`f.${key}`) : null
      return value ? [[key, value]] : []
    }),
  )
  return {
    ...(search && { search }),
    filter,
    ...(address.get('new') && { onlyNew: true }),
    ...(within && { within }),
    ...(sort && { sort }),
  }
}

/** For `setAddress`: removes the filters and keeps the order and the view. */
export function withoutFilters(address: URLSearchParams): Record<string, undefined> {
  const keys = [...address.keys()].filter((key) => ['q', 'new', 'near', 'row'].includes(key) || key.startsWith('f.'))
  return Object.fromEntries(keys.map((key) => [key, undefined]))
}

/** The row that is open, from 0. */
export function openRowOf(address: URLSearchParams): number | undefined {
  const number = Number(address.get('row'))
  return Number.isInteger(number) && number > 0 ? number - 1 : undefined
}

const edges = ['south', 'west', 'north', 'east'] as const

export const textOfArea = (area: Area): string => edges.map((edge) => area[edge]).join(',')

export function areaOfText(text: string | null): Area | 'nowhere' | undefined {
  if (text === null || text === 'nowhere') return text ?? undefined
  const [south, west, north, east] = text.split(',').map(Number)
  const degrees = [south, west, north, east]
  const isArea = degrees.every((value, nth) => Number.isFinite(value) && Math.abs(value ?? 0) <= (nth % 2 ? 180 : 90))
  return isArea ? ({ south, west, north, east } as Area) : undefined
}
