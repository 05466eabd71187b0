import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuditStack, createAuditStack, handOut } from '../../test/audit-stack.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { Audit } from './audit.ts'
import { sealEntries } from './seal-entries.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.drop())

const seal = ({ ctx }: AuditStack, audit: Audit) => sealEntries({ ...ctx, audit })

test('processes that start one after the other continue the same chains', async () => {
  await using stack = await createAuditStack(database)
  for (let start = 0; start < 5; start++) {
    const audit = stack.startLeasing()
    expect(await audit.recordHandOut(handOut())).toBe(true)
    await stack.change('grant.set')
    await seal(stack, audit)
    await audit.slot.release()
  }

  expect(await stack.heads()).toEqual(['w1/changes', 'w1/hand-outs/2025-03'])
  expect(await stack.handOuts()).toHaveLength(5)
  expect(await stack.problems()).toEqual([])
})

test('processes that live at the same time have chains of their own', async () => {
  await using stack = await createAuditStack(database)
  const all = [stack.startLeasing(), stack.startLeasing(), stack.startLeasing()]
  await Promise.all(all.map((audit) => audit.recordHandOut(handOut())))
  await Promise.all(all.map((audit) => audit.slot.renew()))
  await Promise.all(all.map((audit) => audit.recordHandOut(handOut())))

  const chains = ['w1/hand-outs/2025-03', 'w2/hand-outs/2025-03', 'w3/hand-outs/2025-03']
  expect(await stack.heads()).toEqual(chains)
  expect(all.flatMap((audit) => audit.writers()).sort()).toEqual(chains)
})

test('a process that renewed nothing for too long leaves its chains to another one, and writes others', async () => {
  await using stack = await createAuditStack(database)
  const [frozen, next] = [stack.startLeasing(), stack.startLeasing()]
  await frozen.recordHandOut(handOut())
  await stack.change('grant.set')
  await seal(stack, frozen)
  await stack.endLeases()
  await next.recordHandOut(handOut())
  await stack.change('grant.set')
  await seal(stack, next)
  expect(await stack.heads()).toEqual(['w1/changes', 'w1/hand-outs/2025-03'])

  await stack.change('grant.set')
  while (await seal(stack, frozen));
  expect(await frozen.recordHandOut(handOut())).toBe(true)

  expect(await stack.heads()).toEqual(['w1/changes', 'w1/hand-outs/2025-03', 'w2/changes', 'w2/hand-outs/2025-03'])
  expect(await stack.handOuts()).toHaveLength(3)
  expect((await stack.rows()).map(({ writer }) => writer)).toEqual(['w1/changes', 'w1/changes', 'w2/changes'])
  expect(await stack.problems()).toEqual([])
})

test('invariant 18: whichever process writes and whichever lease ends, each entry is in one chain, once', async () => {
  await using stack = await createAuditStack(database)
  const steps = fc.array(
    fc.record({
      process: fc.integer({ min: 0, max: 2 }),
      does: fc.constantFrom('hand out', 'hand out', 'change', 'seal', 'renew', 'release', 'end leases'),
      isAwaited: fc.boolean(),
    }),
    { minLength: 10, maxLength: 40 },
  )
  const property = fc.asyncProperty(steps, async (taken) => {
    const before = { handOuts: (await stack.handOuts()).length, rows: (await stack.rows()).length }
    const processes = [stack.startLeasing(), stack.startLeasing(), stack.startLeasing()]
    const underWay: Array<Promise<unknown>> = []
    for (const { process, does, isAwaited } of taken) {
      const audit = processes[process] as Audit
      // Two groups of several hand-outs end at different places: no unique index would refuse one of them.
      const work = {
        'hand out': () =>
          Promise.all(Array.from({ length: process + 1 }, () => audit.recordHandOut(handOut({ fingerprint: 'f' })))),
        change: () => stack.change('grant.set'),
        seal: () => seal(stack, audit).catch(() => {}),
        renew: () => audit.slot.renew(),
        release: () => audit.slot.release(),
        'end leases': () => stack.endLeases(),
      }[does]()
      underWay.push(work)
      if (isAwaited) await work
    }
    await Promise.all(underWay)
    while (await seal(stack, processes[0] as Audit));
    const count = (what: string) => taken.filter(({ does }) => does === what)
    expect((await stack.handOuts()).length - before.handOuts).toBe(
      count('hand out').reduce((sum, { process }) => sum + process + 1, 0),
    )
    expect((await stack.rows()).length - before.rows).toBe(count('change').length)
    expect(await stack.problems()).toEqual([])
    stack.clock.advance(1_000)
  })
  await fc.assert(property, { numRuns: 25 })
})
