import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBareContext } from '../../test/bare-context.ts'
import { dayMs } from '../clock.ts'
import { nextQuestionAt, nextQuestionOfAccountAt, questionsPerHour, unansweredForMs } from './next-question.ts'
import { mailboxOf, receiverAddress } from './receiver-address.ts'
import { readReceiverLink, signReceiverLink } from './receiver-link.ts'
import { mayReceive, standingOf } from './receiver-standing.ts'

const at = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms)
const hourMs = 3_600_000

describe('an address', () => {
  test('is one in whatever case, and counted with the other tags of its mailbox', () => {
    expect(receiverAddress('Anna+Fleet@ACME.dk')).toBe('anna+fleet@acme.dk')
    expect(mailboxOf('anna+fleet@acme.dk')).toBe('anna@acme.dk')
    expect(mailboxOf('anna@acme.dk')).toBe('anna@acme.dk')
  })

  test('invariant 28: may receive only if it is confirmed or in a trusted domain, and never if it withdrew', () => {
    const states = fc.constantFrom(undefined, 'unconfirmed', 'confirmed', 'withdrawn')
    const domains = fc.subarray(['acme.dk', 'any', 'mail.acme.dk', 'acme.com'])
    fc.assert(
      fc.property(states, domains, (state, trusted) => {
        const isTrusted = trusted.some((each) => each === 'any' || each === 'acme.dk')
        const expected = state !== 'withdrawn' && (state === 'confirmed' || isTrusted)
        expect(mayReceive(standingOf('anna@acme.dk', { state, domains: trusted }))).toBe(expected)
      }),
    )
  })
})

describe('the next question', () => {
  const asked = { state: 'unconfirmed', askedAt: at(0), asks: 1, answeredAt: null } as const
  test('to a mailbox waits an hour, after three in vain or a withdrawal a month', () => {
    expect(nextQuestionAt([])).toEqual(new Date(0))
    expect(nextQuestionAt([asked])).toEqual(at(hourMs))
    expect(nextQuestionAt([{ ...asked, asks: 3 }])).toEqual(at(unansweredForMs))
    expect(nextQuestionAt([asked, asked, asked])).toEqual(at(unansweredForMs)) // Three tags of one mailbox.
    const withdrawn = { ...asked, state: 'withdrawn', answeredAt: at(dayMs) } as const
    expect(nextQuestionAt([withdrawn])).toEqual(at(dayMs + unansweredForMs))
  })

  test('of an account comes when fewer than ten were asked in the last hour, in whatever order they are given', () => {
    const minutes = fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 30 })
    fc.assert(
      fc.property(minutes, (times) => {
        const askedAt = times.map((minute) => at(minute * 60_000))
        const next = Math.max(nextQuestionOfAccountAt(askedAt).getTime(), at(600 * 60_000).getTime())
        const inHour = askedAt.filter((each) => each.getTime() > next - hourMs)
        expect(inHour.length).toBeLessThan(questionsPerHour)
      }),
    )
  })
})

describe('a link', () => {
  const { config } = createBareContext()
  const now = at(0)
  const ctx = (ms = 0) => ({ config, clock: { now: () => at(ms), monotonicMs: () => 0 } })
  const linked = { accountId: 'a', address: 'anna@acme.dk', askId: 'question' }

  test('is good for its purpose, one that confirms for seven days', async () => {
    const [confirm, withdraw] = [
      await signReceiverLink(ctx(), 'confirm', linked),
      await signReceiverLink(ctx(), 'withdraw', linked),
    ]
    expect(await readReceiverLink(ctx(7 * dayMs - 1_000), 'confirm', confirm)).toEqual(linked)
    expect(await readReceiverLink(ctx(7 * dayMs), 'confirm', confirm)).toBeUndefined()
    expect(await readReceiverLink(ctx(), 'withdraw', confirm)).toBeUndefined()
    expect(await readReceiverLink(ctx(), 'confirm', withdraw)).toBeUndefined()
    expect(await readReceiverLink(ctx(900 * dayMs), 'withdraw', withdraw)).toMatchObject({ address: 'anna@acme.dk' })
  })

  test('that was changed or made up is none', async () => {
    const link = await signReceiverLink(ctx(), 'confirm', linked)
    const [head, , signature] = link.split('.')
    const claims = { sub: 'a', address: 'eve@acme.dk', jti: 'question', aud: 'standin/receiver-confirm', exp: 9e9 }
    const other = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${other.split('.')[1]}.`
    for (const each of [other, none, `${link}x`, link.slice(0, -1), '', 'x'])
      expect(
        await readReceiverLink({ config, clock: { now: () => now, monotonicMs: () => 0 } }, 'confirm', each),
      ).toBeUndefined()
  })
})
