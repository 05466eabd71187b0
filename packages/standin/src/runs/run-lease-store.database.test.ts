import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../../test/test-database.ts'
import { openTestReplica } from '../../test/test-replica.ts'
import { installations } from '../accounts/account-table.ts'
import { setAsideStoppedWork } from '../accounts/stopped-account-store.ts'
import { whatIsDue } from '../database/due-store.ts'
import { awaitingRuns, claimRuns, msUntilNextDue, runsDue } from './run-lease-store.ts'
import { runs } from './run-table.ts'

const past = new Date(Date.now() - 60_000)
const future = new Date(Date.now() + 3_600_000)

const accounts: Record<string, Partial<typeof installations.$inferInsert>> = {
  served: { activeGeneration: 1 },
  'never served': {},
  suspended: { suspendedUpTo: past, suspendedAt: past },
  'suspended, and served again by newer credentials': { activeGeneration: 2, suspendedUpTo: past, suspendedAt: past },
  paused: { pausedAt: past },
  restored: { activeGeneration: 1, restoredUpTo: past },
  'being erased': { erasingSince: past },
  'being erased, and served again': { activeGeneration: 2, erasingSince: past },
  uninstalled: { uninstalledAt: past },
}

const inLine: Record<string, Partial<typeof runs.$inferInsert>> = {
  'not promoted': { state: 'queued' },
  promoted: { state: 'queued', promotedAt: past },
  'waiting until a moment that has passed': { state: 'waiting', promotedAt: past, waitingUntil: past },
  'waiting until later': { state: 'waiting', promotedAt: past, waitingUntil: future },
  'held by a replica': { state: 'running', promotedAt: past, replicaId: 7 },
  'freed by a dead one': { state: 'running', promotedAt: past },
  'stopping, freed by a dead one': { state: 'cancelling', promotedAt: past },
  'stopping, to be wound up later': { state: 'cancelling', promotedAt: past, waitingUntil: future },
  ended: { state: 'succeeded', promotedAt: past, endedAt: past },
}

const neighbours: Record<string, Partial<typeof runs.$inferInsert> | undefined> = {
  alone: undefined,
  'beside a waiting run of its action': { state: 'waiting', promotedAt: past, waitingUntil: future },
  'beside an ended run of its action': { state: 'failed', promotedAt: past, endedAt: past },
}

test('the question whether a run can be claimed has the answer of the claim, for every state of the run and of its account', async () => {
  await using database = await createTestDatabase()
  await using replica = openTestReplica(database)
  const { ctx } = replica
  const { db } = ctx
  const accountId = randomUUID()
  const run = (change: Partial<typeof runs.$inferInsert>) => ({
    accountId,
    actionId: 'report',
    mode: 'apply',
    input: {},
    idempotencyKey: randomUUID(),
    readsWith: [],
    mayOverlap: false,
    startedBy: { kind: 'service', id: 'test', name: null },
    progress: {},
    steps: [],
    state: 'queued',
    ...change,
  })
  let claimed = 0
  for (const [ofAccount, installation] of Object.entries(accounts))
    for (const [ofRun, state] of Object.entries(inLine))
      for (const [besides, neighbour] of Object.entries(neighbours)) {
        if (neighbour?.state === 'waiting' && state.state !== 'queued' && ofRun !== 'ended') continue // `runs_no_overlap`
        await db.delete(runs)
        await db.delete(installations)
        await db.insert(installations).values({ accountId, ...installation })
        await db
          .insert(runs)
          .values([run(state), ...(neighbour ? [run(neighbour)] : [])] as (typeof runs.$inferInsert)[])

        await setAsideStoppedWork(db, awaitingRuns)
        const dueInMs = (await whatIsDue(db, new Map([['run', runsDue]]))).get('run')
        const nextInMs = await msUntilNextDue(db)
        const rows = await claimRuns(ctx, { replicaId: 7, limit: 10 })
        claimed += rows.length
        const found = { isDue: dueInMs !== undefined && dueInMs <= 0, isLater: dueInMs !== undefined && dueInMs > 0 }
        expect({ ofAccount, ofRun, besides, ...found }).toEqual({
          ofAccount,
          ofRun,
          besides,
          isDue: rows.length > 0,
          isLater: rows.length === 0 && nextInMs !== undefined,
        })
      }
  expect(claimed).toBeGreaterThan(20)
})
