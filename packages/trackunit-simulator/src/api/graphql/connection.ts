import { GraphQLError } from 'graphql'

export type Page = { first?: number | null | undefined; after?: string | null | undefined }

const usualPage = 20
const largestPage = 1000

/** One page of a Relay connection. A cursor names the place in the list, in a form nobody should read. */
export function connection<T>(items: readonly T[], { first, after }: Page) {
  const size = first ?? usualPage
  if (size < 1 || size > largestPage) throw badInput(`first must be between 1 and ${largestPage}`)

  const start = after === null || after === undefined ? 0 : placeOf(after) + 1
  const edges = items.slice(start, start + size).map((node, index) => ({ node, cursor: cursorAt(start + index) }))
  return {
    edges,
    pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: start + size < items.length },
  }
}

function cursorAt(place: number): string {
  return Buffer.from(`cursor:${place}`).toString('base64url')
}

function placeOf(cursor: string): number {
  const place = /^cursor:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (place === undefined) throw badInput('after is not a cursor of this list')
  return Number(place)
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}
