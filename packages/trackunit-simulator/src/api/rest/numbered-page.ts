import { badRequest, type DocumentedError } from './documented-error.ts'

const usualSize = 20
const largestSize = 1000

export type PageRequest = { page: number; size: number }

/** [doc] `size` (20, at most 1000) and `page` (from 0). */
export function readPage(query: unknown): PageRequest | DocumentedError {
  const { page = '0', size = String(usualSize) } = (query ?? {}) as Record<string, unknown>
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

/** The same, around items that were picked already. */
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
