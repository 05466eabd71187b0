import type { Area } from '@standin/client'

export interface Asked {
  search?: string
  filter?: Record<string, string>
  onlyNew?: boolean
  within?: Area | 'nowhere'
  sort?: { key: string; descending: boolean }
}

/** The rows of one answer. */
export const WINDOW = 100

export function inputOf(runId: string, { search, filter, onlyNew, within, sort }: Asked, offset = 0) {
  return {
    runId,
    ...(search && { search }),
    ...(filter && Object.keys(filter).length > 0 && { filter }),
    ...(onlyNew && { onlyNew }),
    ...(within && { within }),
    ...(sort && { sort }),
    limit: WINDOW,
    offset,
  }
}
