import { GraphQLError } from 'graphql'

export type Page = { first?: number | null | undefined; after?: string | null | undefined }

/** A list whose items are made only for a shown page; a removed item leaves an empty place. */
export type Places<T> = { length: number; at(place: number): T | undefined }

const usualPage = 20
const largestPage = 1000

/** One page of a Relay connection. A cursor names the place in the list, in an opaque form. */
export function connection<T>(items: Places<T>, { first, after }: Page) {
  const size = first ?? usualPage
  if (size < 1 || size > largestPage) throw badInput(`first must be between 1 and ${largestPage}`)

  const edges: { node: T; cursor: string }[] = []
  let place = after === null || after === undefined ? 0 : placeOf(after) + 1
  for (; place < items.length && edges.length < size; place++) {
    const node = items.at(place)
    if (node !== undefined) edges.push({ node, cursor: cursorAt(place) })
  }
  return { edges, pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: place < items.length } }
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
