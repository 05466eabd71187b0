import { expect, test } from 'vitest'
import { pages } from './pages.ts'
import type { Connection, Page } from './trackunit-client.ts'

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
    ...{ start: connection(['a'], '1', true), 1: connection(['b'], '2', true), 2: connection(['c'], '1', true) },
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
