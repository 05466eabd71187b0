import { describe, expect, test } from 'vitest'
import { pages, withPages } from './pages.ts'
import type { Connection, ListPage, Page, TrackunitRequests } from './trackunit-client.ts'

async function collect(answers: Record<string, Connection<string>>, from: string | null = null) {
  const asked: Array<string | null> = []
  const read: Array<Page<string>> = []
  const fetchPage = async (after: string | null) => {
    asked.push(after)
    return answers[after ?? 'start'] as Connection<string>
  }
  for await (const each of pages(fetchPage, from)) read.push(each)
  return { asked, read }
}
const connection = (
  nodes: Array<string | null>,
  endCursor: string | null,
  hasNextPage: boolean,
): Connection<string> => ({
  edges: nodes.map((node) => ({ node })),
  pageInfo: { endCursor, hasNextPage },
})

test('reads page after page until the last', async () => {
  const { read } = await collect({ start: connection(['a', 'b'], '1', true), 1: connection(['c'], '2', false) })

  expect(read).toEqual([
    { nodes: ['a', 'b'], endCursor: '1', isCut: false },
    { nodes: ['c'], endCursor: '2', isCut: false },
  ])
})

test('continues from a cursor', async () => {
  const { asked } = await collect({ 1: connection(['c'], '2', false) }, '1')
  expect(asked).toEqual(['1'])
})

test('leaves out items that vanished', async () => {
  const { read } = await collect({
    start: { edges: [null, { node: null }, { node: 'a' }], pageInfo: { endCursor: '1', hasNextPage: false } },
  })
  expect(read).toEqual([{ nodes: ['a'], endCursor: '1', isCut: false }])
})

test('an empty connection is one empty page', async () => {
  const { read } = await collect({ start: connection([], null, false) })
  expect(read).toEqual([{ nodes: [], endCursor: null, isCut: false }])
})

test('an empty page in the middle does not end the list', async () => {
  const { read } = await collect({ start: connection([], '1', true), 1: connection(['a'], '2', false) })
  expect(read.flatMap(({ nodes }) => nodes)).toEqual(['a'])
})

test('ends, and reports that more was announced, if a cursor repeats or is missing', async () => {
  const repeating = await collect({ start: connection(['a'], '1', true), 1: connection(['b'], '1', true) })
  const inACircle = await collect({
    start: connection(['a'], '1', true),
    1: connection(['b'], '2', true),
    2: connection(['c'], '1', true),
  })
  const without = await collect({ start: connection(['a'], null, true) })

  expect(repeating.asked).toEqual([null, '1'])
  expect(inACircle.asked).toEqual([null, '1', '2'])
  expect(without.asked).toEqual([null])
  for (const { read } of [repeating, inACircle, without])
    expect(read.map(({ isCut }) => isCut)).toEqual([...read.slice(1).map(() => false), true])
})

test('a list without edges is empty, and a page that does not say whether more follow is not considered the last', async () => {
  const empty = { edges: null, pageInfo: { endCursor: null, hasNextPage: false } }
  expect((await collect({ start: empty })).read).toEqual([{ nodes: [], endCursor: null, isCut: false }])
  await expect(collect({ start: { edges: [], pageInfo: null } })).rejects.toMatchObject({
    reason: 'TRACKUNIT_UNAVAILABLE',
  })
})

test('a connection of a client is read with its cursor, and says where values are missing', async () => {
  const asked: unknown[] = []
  const graphql = async (document: unknown, variables: Record<string, unknown> = {}) => {
    asked.push([document, variables])
    const isLast = variables.after === '1'
    return { data: { assets: connection([isLast ? 'b' : 'a'], isLast ? '2' : '1', !isLast) }, isPartial: isLast }
  }
  const client = withPages({ graphql } as unknown as TrackunitRequests)
  const find = (data: { assets: Connection<string> }) => data.assets
  const read = await Array.fromAsync(client.connection('query Q { assets }', { variables: { first: 1 }, find }))

  expect(asked).toEqual([null, '1'].map((after) => ['query Q { assets }', { first: 1, after }]))
  expect(read.map(({ nodes, isPartial }) => [nodes, isPartial])).toEqual([
    [['a'], false],
    [['b'], true],
  ])
  const nothing = client.connection('query Q { assets }', { find: () => null })
  await expect(Array.fromAsync(nothing)).rejects.toMatchObject({ reason: 'TRACKUNIT_UNAVAILABLE' })
})

describe('a list of REST', () => {
  const listing = (answer: (page: number) => unknown) => {
    const asked: unknown[] = []
    const get = async (_: string, query: { page: number }) => {
      asked.push(['GET', query])
      return answer(query.page)
    }
    const post = async (_: string, body: object, query: { page: number }) => {
      asked.push(['POST', body, query])
      return answer(query.page)
    }
    return { asked, client: withPages({ get, post } as unknown as TrackunitRequests) }
  }
  const read = async (pages: AsyncIterable<ListPage<unknown>>) => {
    const read = await Array.fromAsync(pages)
    return { items: read.flatMap(({ items }) => items), last: read.at(-1) }
  }

  test('is read page by page, from a page on, by a GET or by a POST that asks', async () => {
    const { client, asked } = listing((page) => ({ content: [`item ${page}`], totalPages: 3 }))
    const { items, last } = await read(client.list('/x', { query: { status: 'OPEN' }, from: 1, size: 10 }))
    expect(items).toEqual(['item 1', 'item 2'])
    expect(last).toMatchObject({ next: 3, totalPages: 3, isCut: false })
    await read(client.list('/x', { body: { from: 'then' }, from: 2 }))
    expect(asked).toEqual([
      ['GET', { status: 'OPEN', size: 10, page: 1 }],
      ['GET', { status: 'OPEN', size: 10, page: 2 }],
      ['POST', { from: 'then' }, { size: 1_000, page: 2 }],
    ])
  })

  test('that says the same again and again is cut', async () => {
    const { client } = listing(() => ({ content: ['same'], totalPages: 1_000 }))
    const { items, last } = await read(client.list('/x'))
    expect(items).toHaveLength(21)
    expect(last).toMatchObject({ isCut: true })
  })

  test('that cannot be read is an answer of Trackunit that is not correct', async () => {
    const { client } = listing(() => ({ items: [] }))
    await expect(read(client.list('/x'))).rejects.toMatchObject({ reason: 'TRACKUNIT_UNAVAILABLE' })
  })
})
