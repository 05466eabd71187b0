import { expect, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { noteRunsChange, watchAccount } from './account-changes.ts'
import { type AccountsContext, createAccountsMemory } from './accounts-context.ts'

const accountId = '6b5cb246-7945-4bb6-bec5-2a1413ffd1b3'
const otherAccountId = 'c2a4e3d7-9b1f-4a57-8d3e-7f21b6c0a9e4'

function replica() {
  const clock = createAdjustableClock()
  const accounts = createAccountsMemory({ whenUninstalled: [], whenErasing: [], awaitingWork: [] })
  const ctx = { accounts, clock } as Partial<AccountsContext> as AccountsContext
  /** Whether a page that asked this long ago is told to ask for the runs again. */
  const isAskedAgain = async (knownForMs: number | undefined) => {
    const over = new AbortController()
    const { value } = await watchAccount(ctx, { accountId, knownForMs, signal: over.signal }).next()
    over.abort()
    return (value as ReadonlySet<string>).has('runs')
  }
  return { ctx, clock, isAskedAgain }
}

test('a page that knows an account’s runs asks for them again only if they changed since it asked', async () => {
  const { ctx, clock, isAskedAgain } = replica()
  noteRunsChange(ctx) // Listening begins.
  clock.advance(60_000)
  expect(await isAskedAgain(500)).toBe(false)
  expect(await isAskedAgain(undefined)).toBe(true)

  noteRunsChange(ctx, otherAccountId)
  expect(await isAskedAgain(500)).toBe(false)
  noteRunsChange(ctx, accountId)
  expect(await isAskedAgain(500)).toBe(true)
  clock.advance(10_000)
  expect(await isAskedAgain(500)).toBe(false)
  expect(await isAskedAgain(15_000)).toBe(true)
})

test('a page asks again if the server may have missed a change', async () => {
  const { ctx, clock, isAskedAgain } = replica()
  expect(await isAskedAgain(0)).toBe(true) // It does not listen yet.
  noteRunsChange(ctx)
  clock.advance(60_000)
  noteRunsChange(ctx) // The connection was lost in between.
  clock.advance(10_000)
  expect(await isAskedAgain(20_000)).toBe(true)
  expect(await isAskedAgain(500)).toBe(false)
})

test('a server that forgot old changes, because there were many, does not claim to know them', async () => {
  const { ctx, clock, isAskedAgain } = replica()
  noteRunsChange(ctx)
  clock.advance(60_000)
  noteRunsChange(ctx, accountId)
  for (let nth = 0; nth < 10_000; nth++) noteRunsChange(ctx, `account-${nth}`)
  expect(await isAskedAgain(500)).toBe(true)
})
