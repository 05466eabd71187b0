import { describe, expect, test } from 'vitest'
import { compareHeld } from './reap-runs.ts'

const row = (id: string, { replicaId = 1, epoch = 1 } = {}) => ({ id, accountId: 'account', epoch, replicaId })
const working = (...runs: Array<[id: string, epoch: number]>) => new Map(runs)

describe('the runs that a process holds by the rows, compared with those it works on', () => {
  test('a run that it works on as the rows say is left alone', () => {
    expect(compareHeld([row('a')], { replicaId: 1, working: working(['a', 1]) })).toEqual({ orphaned: [], lost: [] })
  })

  test('a run of a replica that died is orphaned', () => {
    const orphan = row('a', { replicaId: 2 })
    expect(compareHeld([orphan], { replicaId: 1, working: working() }).orphaned).toEqual([orphan])
  })

  test('a run of its own that it does not work on is orphaned: its end could not be written', () => {
    expect(compareHeld([row('a')], { replicaId: 1, working: working() }).orphaned).toEqual([row('a')])
  })

  test.each([
    ['another worker took it since', [row('a', { epoch: 2 })]],
    ['no worker holds it', []],
  ])('a run that it works on is lost: %s', (_why, rows) => {
    expect(compareHeld(rows, { replicaId: 1, working: working(['a', 1]) }).lost).toEqual(['a'])
  })
})
