import { expect, test } from 'vitest'
import { type Capacity, judgeCapacity } from './check-capacity.ts'

const small: Capacity = {
  rows: { installations: 10_000, runs: 30_000 },
  bytes: 160_000_000,
  sessions: { most: 97, open: 18 },
  replicas: 2,
  pool: 6,
}
const said = (changes: Partial<Capacity>) =>
  judgeCapacity({ ...small, ...changes }).map(({ level, check, text }) => `${level} ${check}: ${text}`)

test('what fits is good, and says how much there is', () => {
  expect(said({})).toEqual([
    'good connections: 18 of 97 sessions in use; 2 servers can need 19.',
    'good size: 160 MB without files, for 10,000 accounts and 30,000 runs.',
  ])
})

test.for([
  [{ replicas: 12 }, /^wrong connections: 18 of 97 sessions in use; 12 servers can need 99: some will be refused/],
  [{ replicas: 1, pool: 100 }, /^wrong connections: .* 1 server can need 105/],
  [{ bytes: 600_000_000 }, /^note size: 600 MB .*: about 142 MB were expected\. Check that autovacuum keeps up/],
] satisfies Array<[Partial<Capacity>, RegExp]>)('%o is named with what to do', ([changes, finding]) => {
  expect(said(changes)).toContainEqual(expect.stringMatching(finding))
})

test.for([
  { replicas: 11 },
  { replicas: 50, pool: 0 },
  { rows: {}, bytes: 199_000_000 },
  { rows: { machine_readings: 10_000_000 }, bytes: 5_000_000_000 },
] satisfies Array<Partial<Capacity>>)('%o is nothing to worry about', (changes) => {
  expect(said(changes).filter((line) => !line.startsWith('good'))).toEqual([])
})
