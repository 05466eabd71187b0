import { expect, test } from 'vitest'
import { connection } from './connection.ts'

const letters = ['a', 'b', 'c', 'd']

test('continues after the cursor and ends with the last item', () => {
  const first = connection(letters, { first: 2 })
  const second = connection(letters, { first: 2, after: first.pageInfo.endCursor })

  expect(first.edges.map(({ node }) => node)).toEqual(['a', 'b'])
  expect(first.pageInfo.hasNextPage).toBe(true)
  expect(second.edges.map(({ node }) => node)).toEqual(['c', 'd'])
  expect(second.pageInfo.hasNextPage).toBe(false)
})

test('an empty list has no cursor', () => {
  expect(connection([], {})).toEqual({ edges: [], pageInfo: { endCursor: null, hasNextPage: false } })
})

test.each([{ first: 0 }, { first: 1001 }, { after: 'not a cursor' }])('refuses %o', (page) => {
  expect(() => connection(letters, page)).toThrow(expect.objectContaining({ extensions: { code: 'BAD_USER_INPUT' } }))
})
