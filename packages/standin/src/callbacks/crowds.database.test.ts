import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import {
  account,
  type CallbackStack,
  delivered,
  installed,
  otherAccount,
  prepareCallbackStacks,
  refuses,
} from '../../test/callback-stack.ts'
import { readInstallation } from '../accounts/describe-installation.ts'
import { proveDueCredentials } from '../accounts/prove-credentials.ts'

const createStack = prepareCallbackStacks()
const accountOf = (number: number) => `${account.slice(0, -6)}${String(number).padStart(6, '0')}`

/** Genuine JWTs that name no account, with so many bodies each, all of them garbage. */
async function sendGarbage(
  stack: CallbackStack,
  { jwts, bodies, to }: { jwts: number; bodies: number; to: (body: number) => string },
) {
  const iat = Math.floor(stack.clock.now().getTime() / 1_000)
  for (let jwt = 0; jwt < jwts; jwt++) {
    const identity = await stack.signingKey.sign({ iat, exp: iat + 600, jti: `jwt-${jwt}` })
    await Promise.all(
      Array.from({ length: bodies }, (_, body) => {
        stack.clients.set(`garbage-${jwt}-${body}`, refuses)
        const sent = installed(`garbage-${jwt}-${body}`, { accountId: to(body) })
        return stack.receiveCallback(delivered(identity, sent, stack.clock))
      }),
    )
  }
}
const eventsOf = async ({ db }: CallbackStack) =>
  (
    await db.execute<{ said: string }>(
      sql`select account_id || ' ' || type as said from unnumbered_events order by recorded_at`,
    )
  ).map(({ said }) => said)

describe('invariant 25: masses of garbage under genuine JWTs', () => {
  test('on one account is bounded, notifies no service, and leaves a genuine install its place', async () => {
    const stack = await createStack()
    await stack.send(installed('genuine'), { at: -10, bound: false })
    await sendGarbage(stack, { jwts: 15, bodies: 20, to: () => account })

    expect(await stack.rows()).toHaveLength(20)
    const { described } = await readInstallation(stack.ctx, account)
    expect(JSON.stringify(described).length).toBeLessThan(5_000)
    expect(await eventsOf(stack)).toEqual([])

    while ((await stack.installation())?.activeGeneration === null) await proveDueCredentials(stack.ctx)
    expect(await eventsOf(stack)).toEqual([`${account} installed`, `${account} active`])
    await stack.send(installed('genuine-2'))
    expect((await stack.rows()).at(-1)).toMatchObject({ clientId: 'genuine-2', state: 'pending' })
  })

  test('on an account that works shows at most twenty that wait', async () => {
    const stack = await createStack()
    await stack.send(installed('genuine'), { at: -10 })
    await proveDueCredentials(stack.ctx)
    await sendGarbage(stack, { jwts: 3, bodies: 20, to: () => account })
    const { described } = await readInstallation(stack.ctx, account)
    expect(described.waiting).toHaveLength(20)
    expect(described.state).toBe('active')
  })

  test('on many accounts does not delay a genuine install, bound or not', async () => {
    const stack = await createStack()
    await sendGarbage(stack, { jwts: 10, bodies: 10, to: accountOf })
    stack.clock.advance(1_000)
    await stack.send(installed('unbound', { accountId: otherAccount }), { bound: false })
    await stack.send(installed('bound', { accountId: accountOf(5) }))

    await proveDueCredentials(stack.ctx)
    expect(stack.exchanged).toContain('bound')
    while (!stack.exchanged.includes('unbound')) await proveDueCredentials(stack.ctx)
    expect(stack.exchanged.length).toBeLessThanOrEqual(16) // One of each JWT, and those of the same round.
  })
})
