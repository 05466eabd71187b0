import fc from 'fast-check'
import { expect, test } from 'vitest'
import { account, appId, installed, prepareCallbackStacks, refuses, uninstalled } from '../../test/callback-stack.ts'
import { comparePositions } from '../accounts/credential-order.ts'
import { confirmUninstall } from '../accounts/uninstall.ts'
import { callbackPosition, contentDigest } from './callback-order.ts'

const createStack = prepareCallbackStacks()

/**
 * A history of one account, in the order in which Trackunit made it: some callbacks are of the same second, and some
 * JWTs say their time as `nbf` or as `exp` alone.
 */
const histories = fc
  .array(
    fc.record({
      of: fc.oneof(
        {
          weight: 4,
          arbitrary: fc.record({ type: fc.constant('INSTALLED' as const), client: fc.constantFrom('a', 'b', 'c') }),
        },
        { weight: 1, arbitrary: fc.record({ type: fc.constant('UNINSTALLED' as const), client: fc.constant('') }) },
      ),
      laterS: fc.constantFrom(0, 1, 1),
      timeClaim: fc.constantFrom('iat' as const, 'iat' as const, 'nbf' as const, 'exp' as const),
    }),
    { minLength: 2, maxLength: 5 },
  )
  .map((events) =>
    events.map(({ of, timeClaim }, index): Happening => {
      const passedS = events.slice(0, index + 1).reduce((sum, { laterS }) => sum + laterS, 0)
      return { ...of, timeClaim, at: 1 + passedS }
    }),
  )

interface Happening {
  type: 'INSTALLED' | 'UNINSTALLED'
  client: string
  at: number
  timeClaim: 'iat' | 'nbf' | 'exp'
}

/** The expected end of a history: the newest credentials that work, unless an uninstall came after them. */
function expectedClient(
  history: readonly Happening[],
  { dead, bodyOf }: { dead: readonly string[]; bodyOf: (happening: Happening) => ReturnType<typeof installed> },
): string | undefined {
  const lastUninstall = Math.max(0, ...history.filter(({ type }) => type === 'UNINSTALLED').map(({ at }) => at))
  const positionOf = (happening: Happening) => {
    const { accountId, clientId, clientSecret } = bodyOf(happening) as Record<string, string>
    const digest = contentDigest(['INSTALLED', appId, accountId ?? '', clientId ?? '', clientSecret ?? ''])
    return callbackPosition('INSTALLED', new Date(happening.at), digest)
  }
  return history
    .filter(({ type, client, at }) => type === 'INSTALLED' && at > lastUninstall && !dead.includes(client))
    .sort((left, right) => comparePositions(positionOf(right), positionOf(left)))
    .at(0)?.client
}

test('invariant 2: bound callbacks lead to the same credentials, whatever the order and however often they arrive', async () => {
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

        const bodyOf = ({ client }: Happening) => installed(clientId(client), { accountId })
        const startS = Math.floor(stack.clock.now().getTime() / 1_000)
        for (const [index, happening] of arrivals.entries()) {
          const { type, at, timeClaim } = happening
          const times = {
            iat: {},
            nbf: { iat: undefined, nbf: startS + at },
            exp: { iat: undefined, exp: startS + at },
          }
          const body = type === 'INSTALLED' ? bodyOf(happening) : uninstalled({ accountId })
          await stack.send(body, { at, claims: { accountId, ...times[timeClaim] } })
          if (proveAfter[index]) await stack.prover.proveDue()
        }
        await stack.prover.proveDue()
        await stack.prover.proveDue()

        const rows = await stack.rows(accountId)
        const { activeGeneration, suspendedUpTo } = (await stack.installation(accountId))!
        const active = rows.find(({ generation }) => generation === activeGeneration)
        const expected = expectedClient(history, { dead, bodyOf })
        expect(active?.clientId).toBe(expected && clientId(expected))
        expect(active?.state).toBe(active && 'active')
        if (history.some(({ type }) => type === 'UNINSTALLED')) {
          const [before] = [suspendedUpTo?.getTime() ?? 0]
          await confirmUninstall(stack.ctx, { accountId, actor: { kind: 'operator', id: 'test' } })
          // What is older than an uninstall is erased with it, whichever of them came first; what serves continues.
          for (const row of await stack.rows(accountId))
            if (row.issuedAt.getTime() <= before)
              expect(row).toMatchObject({ state: 'uninstalled', sealedSecret: null })
          expect((await stack.installation(accountId))?.activeGeneration).toBe(activeGeneration)
        }
        // Dead ones of this round would be proven again in the next.
        await stack.connection.sql`update credentials set next_attempt_at = null`
      },
    ),
    { numRuns: 40 },
  )
})

test('invariant 2: credentials that came under an uninstall and are sent again after it are proven', async () => {
  const stack = await createStack()
  await stack.send(uninstalled(), { at: 1 })
  await stack.send(installed('b'), { at: 1 })
  await stack.prover.proveDue()
  expect((await stack.installation())?.activeGeneration).toBeNull()

  expect(await stack.send(installed('b'), { at: 2 })).toBe('accepted')
  await stack.prover.proveDue()

  expect(await stack.rows()).toMatchObject([{ clientId: 'b', state: 'active' }])
  expect((await stack.installation())?.activeGeneration).toBe(1)
})
