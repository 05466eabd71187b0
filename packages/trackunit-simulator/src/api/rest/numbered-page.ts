import { badRequest, type DocumentedError } from './documented-error.ts'

const usualSize = 20
const largestSize = 1000

export type PageRequest = { page: number; size: number }

/** [doc] `size` (20, at most 1000), `page` (from 0) and `sort`; other parameters are the list's own. */
export function readPage(query: unknown, { also = [] }: { also?: string[] } = {}): PageRequest | DocumentedError {
  const { page = '0', size = String(usualSize), sort: _, ...others } = (query ?? {}) as Record<string, unknown>
  if (Object.keys(others).some((name) => !also.includes(name))) return badRequest('query', 'has an unknown parameter')
  if (!isWhole(page)) return badRequest('page', 'must be a whole number from 0')
  if (!isWhole(size) || Number(size) < 1 || Number(size) > largestSize) {
    return badRequest('size', `must be a whole number from 1 to ${largestSize}`)
  }
  return { page: Number(page), size: Number(size) }
}

/** [doc] `content, totalPages, totalElements, number, size, numberOfElements`. */
export function numberedPage<T>(items: readonly T[], asked: PageRequest) {
  const { page, size } = asked
  return pageOf(items.slice(page * size, (page + 1) * size), { ...asked, totalElements: items.length })
}

/** The same, for items that are already selected. */
export function pageOf<T>(
  content: readonly T[],
  { page, size, totalElements }: PageRequest & { totalElements: number },
) {
  return {
    content,
    totalPages: Math.ceil(totalElements / size),
    totalElements,
    number: page,
    size,
    numberOfElements: content.length,
  }
}

function isWhole(text: unknown): text is string {
  return typeof text === 'string' && /^\d{1,9}$/.test(text)
}
