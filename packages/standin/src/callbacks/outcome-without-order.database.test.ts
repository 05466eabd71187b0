import fc from 'fast-check'
import { expect, test } from 'vitest'
import { account, installed, prepareCallbackStacks, refuses, uninstalled } from '../../test/callback-stack.ts'

const createStack = prepareCallbackStacks()

/** A history of one account, in the order in which Trackunit made it. */
const histories = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant('INSTALLED' as const), client: fc.constantFrom('a', 'b', 'c') }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('UNINSTALLED' as const), client: fc.constant('') }) },
    ),
    { minLength: 2, maxLength: 5 },
  )
  .map((events) => events.map((event, index) => ({ ...event, at: index + 1 })))

type Happening = { type: 'INSTALLED' | 'UNINSTALLED'; client: string; at: number }

/** What the history says by itself: the newest credentials that work, unless an uninstall came after them. */
function expectedClient(history: readonly Happening[], dead: readonly string[]): string | undefined {
  const lastUninstall = Math.max(0, ...history.filter(({ type }) => type === 'UNINSTALLED').map(({ at }) => at))
  return history
    .filter(({ type, client, at }) => type === 'INSTALLED' && at > lastUninstall && !dead.includes(client))
    .sort((left, right) => right.at - left.at)
    .at(0)?.client
}

test('invariant 2: bound callbacks lead to the same credentials in whatever order, and however often, they arrive', async () => {
  const stack = await createStack()
  let number = 0

  await fc.assert(
    fc.asyncProperty(
      histories.chain((history) =>
        fc.record({
          history: fc.constant(history),
          // Every callback at least once, some twice, in any order; proving happens now and then.
          arrivals: fc
            .tuple(fc.constant(history), fc.subarray(history))
            .chain(([all, again]) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length })),
          proveAfter: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
          dead: fc.subarray(['a', 'b', 'c'], { maxLength: 2 }),
        }),
      ),
      async ({ history, arrivals, proveAfter, dead }) => {
        const accountId = `${account.slice(0, -6)}${String(++number).padStart(6, '0')}`
        const clientId = (client: string) => `${client}-${number}`
        for (const client of dead) stack.clients.set(clientId(client), refuses)

        for (const [index, { type, client, at }] of arrivals.entries()) {
          const body = type === 'INSTALLED' ? installed(clientId(client), { accountId }) : uninstalled({ accountId })
          await stack.send(body, { at, claims: { accountId } })
          if (proveAfter[index]) await stack.prover.proveDue()
        }
        await stack.prover.proveDue()
        await stack.prover.proveDue()

        const rows = await stack.rows(accountId)
        const { activeGeneration, uninstalledAt } = (await stack.installation(accountId))!
        const active = rows.find(({ state }) => state === 'active')
        const expected = expectedClient(history, dead)
        expect(active?.clientId).toBe(expected && clientId(expected))
        expect(activeGeneration).toBe(active?.generation ?? null)
        // What is older than an uninstall is erased, whichever of them came first.
        for (const row of rows.filter(({ issuedAt }) => uninstalledAt && issuedAt <= uninstalledAt))
          expect(row).toMatchObject({ state: 'uninstalled', sealedSecret: null })
        // Dead ones of this round would be proven again in the next.
        await stack.connection.sql`update credentials set next_attempt_at = null`
      },
    ),
    { numRuns: 40 },
  )
})
