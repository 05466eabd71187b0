import { type CredentialState, credentialStateSchema } from '@standin/contracts'
import { describe, expect, test } from 'vitest'
import { type CredentialEvent, credentialLifecycle, nextCredentialState } from './credential-lifecycle.ts'

const states = credentialStateSchema.options
const events = {
  proven: true,
  'proven-unbound': true,
  refused: true,
  foreign: true,
  outdated: true,
  'sent-again': true,
  approved: true,
  declined: true,
  released: true,
  uninstalled: true,
} satisfies Record<CredentialEvent, true>
const allEvents = Object.keys(events) as CredentialEvent[]
const next = (state: CredentialState) => allEvents.map((event) => nextCredentialState(state, event))

/** The whole lifecycle in another form: `event: from → to`. Anything not listed cannot happen. */
const life = new Set([
  'proven: pending → active',
  'proven: parked → active',
  'proven-unbound: pending → awaiting-approval',
  'refused: pending → rejected',
  'refused: active → parked',
  'declined: awaiting-approval → rejected',
  'foreign: pending → quarantined',
  'outdated: pending → superseded',
  'outdated: active → superseded',
  'outdated: parked → superseded',
  'outdated: awaiting-approval → superseded',
  'outdated: rejected → superseded',
  'sent-again: awaiting-approval → pending',
  'sent-again: rejected → pending',
  'sent-again: superseded → pending',
  'approved: awaiting-approval → active',
  'released: quarantined → pending',
  ...states.filter((state) => state !== 'uninstalled').map((state) => `uninstalled: ${state} → uninstalled`),
])

test.each(states.flatMap((state) => allEvents.map((event) => [state, event] as const)))(
  '%s, then %s',
  (state, event) => {
    const to = nextCredentialState(state, event)
    const expected = [...life].find((line) => line.startsWith(`${event}: ${state} →`))
    expect(to && `${event}: ${state} → ${to}`).toBe(expected)
  },
)

describe('properties of every path through the lifecycle', () => {
  test('every state has a row, and every row leads to known states', () => {
    expect(Object.keys(credentialLifecycle).sort()).toEqual([...states].sort())
    for (const state of states) for (const to of next(state)) expect([undefined, ...states]).toContain(to)
  })

  test('every state can be reached from pending', () => {
    const reached = new Set<CredentialState>(['pending'])
    for (const state of reached) for (const to of next(state)) if (to) reached.add(to)
    expect([...reached].sort()).toEqual([...states].sort())
  })

  test('invariant 8: uninstalled is final, and every other state can reach it in one step', () => {
    expect(next('uninstalled').filter(Boolean)).toEqual([])
    for (const state of states.filter((state) => state !== 'uninstalled'))
      expect(nextCredentialState(state, 'uninstalled')).toBe('uninstalled')
  })

  test('invariant 3: only proven or approved credentials serve', () => {
    for (const state of states)
      for (const event of allEvents)
        if (nextCredentialState(state, event) === 'active') expect(['proven', 'approved']).toContain(event)
  })

  test('invariant 4: quarantine is left only by a release and then a proof', () => {
    expect(allEvents.filter((event) => nextCredentialState('quarantined', event)).sort()).toEqual([
      'released',
      'uninstalled',
    ])
    expect(nextCredentialState('quarantined', 'released')).toBe('pending')
  })
})
