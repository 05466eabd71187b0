import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountConcurrency, runsToPromote, withLast } from './promote-runs.ts'

interface OpenRun {
  id: string
  actionId: string
  mayOverlap: boolean
  promotedAt: Date | null
  isSetAside: boolean
}
const promotedAt = new Date('2026-01-01T00:00:00Z')
const queued = (id: string, actionId: string, { mayOverlap = false } = {}): OpenRun => ({
  id,
  actionId,
  mayOverlap,
  promotedAt: null,
  isSetAside: false,
})
const ids = (runs: OpenRun[]) => runs.map(({ id }) => id)

test('the oldest go first', () => {
  expect(ids(runsToPromote([queued('1', 'a'), queued('2', 'b'), queued('3', 'c')]))).toEqual(['1', '2'])
})

test('a second run of an action waits, and a younger one of another action does not wait for it', () => {
  expect(ids(runsToPromote([queued('1', 'a'), queued('2', 'a'), queued('3', 'b')]))).toEqual(['1', '3'])
})

test('an action that may overlap does', () => {
  const overlapping = { mayOverlap: true }
  expect(ids(runsToPromote([queued('1', 'a', overlapping), queued('2', 'a', overlapping)]))).toEqual(['1', '2'])
})

test('runs that wait for a limit give their places to others, up to four of them', () => {
  const waiting = (id: string): OpenRun => ({ ...queued(id, `of ${id}`), promotedAt, isSetAside: true })
  const next = ['a', 'b', 'c'].map((id) => queued(id, id))
  const begun = (setAside: number) =>
    ids(runsToPromote([...Array.from({ length: setAside }, (_, nth) => waiting(String(nth))), ...next]))

  expect(begun(1)).toEqual(['a', 'b'])
  expect(begun(2)).toEqual(['a', 'b'])
  expect(begun(5)).toEqual(['a'])
  expect(begun(6)).toEqual([])
})

test('a run that waits for a limit still blocks another one of its action', () => {
  const setAside = { ...queued('1', 'a'), promotedAt, isSetAside: true }
  expect(ids(runsToPromote([setAside, queued('2', 'a'), queued('3', 'b')]))).toEqual(['3'])
})

test('a run that was just accepted comes after those of its urgency that wait, and before less urgent ones', () => {
  const run = (id: string, urgency: number, at: Date | null = null) => ({ ...queued(id, id), urgency, promotedAt: at })
  const line = [run('works', 1, promotedAt), run('person', 0), run('schedule', 1)]
  expect(ids(withLast(line, run('new', 0)))).toEqual(['works', 'person', 'new', 'schedule'])
  expect(ids(withLast(line, run('new', 1)))).toEqual(['works', 'person', 'schedule', 'new'])
})

describe('invariant 20: whatever waits', () => {
  const mayOverlapByAction = { a: false, b: false, c: true }
  const arrivals = fc.array(fc.constantFrom('a' as const, 'b' as const, 'c' as const), { maxLength: 20 })

  test('no more runs work at once than allowed, none overlap that may not, and all get their turn, oldest first', () => {
    fc.assert(
      fc.property(arrivals, fc.infiniteStream(fc.nat(accountConcurrency - 1)), (actions, ends) => {
        let open = actions.map((actionId, index) =>
          queued(String(index), actionId, { mayOverlap: mayOverlapByAction[actionId] }),
        )
        const begun: string[] = []
        for (let round = 0; open.length > 0; round++) {
          expect(round).toBeLessThan(100) // Nothing starves.
          const next = runsToPromote(open)
          begun.push(...ids(next))
          open = open.map((run) => (next.includes(run) ? { ...run, promotedAt } : run))

          const working = open.filter((run) => run.promotedAt)
          expect(working.length).toBeLessThanOrEqual(accountConcurrency)
          expect(working.length).toBeGreaterThan(0)
          const exclusive = working.filter(({ mayOverlap }) => !mayOverlap).map(({ actionId }) => actionId)
          expect(new Set(exclusive).size).toBe(exclusive.length)
          const ended = working[(ends.next().value as number) % working.length]
          open = open.filter((run) => run !== ended)
        }
        for (const actionId of ['a', 'b', 'c']) {
          const turns = begun.filter((id) => actions[Number(id)] === actionId).map(Number)
          expect(turns).toEqual(turns.toSorted((one, other) => one - other))
        }
      }),
    )
  })
})
