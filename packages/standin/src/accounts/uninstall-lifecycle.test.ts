import { describe, expect, test } from 'vitest'
import {
  isSuspended,
  nextUninstallState,
  signalLifeMs,
  type UninstallEvent,
  type UninstallState,
  uninstallLifecycle,
  uninstallStateOf,
} from './uninstall-lifecycle.ts'

const states = Object.keys(uninstallLifecycle) as UninstallState[]
const events = {
  signalled: true,
  announced: true,
  refused: true,
  confirmed: true,
  dismissed: true,
  expired: true,
} satisfies Record<UninstallEvent, true>
const allEvents = Object.keys(events) as UninstallEvent[]

/** The whole lifecycle again, in another form: `event: from → to`. Anything not listed cannot happen. */
const life = new Set([
  'signalled: none → signalled',
  'signalled: signalled → signalled',
  'signalled: suspended → suspended',
  'announced: none → suspended',
  'announced: signalled → suspended',
  'announced: suspended → suspended',
  'refused: signalled → erased',
  'refused: suspended → erased',
  'confirmed: signalled → erased',
  'confirmed: suspended → erased',
  'dismissed: signalled → none',
  'dismissed: suspended → none',
  'expired: signalled → none',
  'expired: suspended → erased',
])

test.each(states.flatMap((state) => allEvents.map((event) => [state, event] as const)))(
  'an uninstall that is %s, then %s',
  (state, event) => {
    const to = nextUninstallState(state, event)
    const expected = [...life].find((line) => line.startsWith(`${event}: ${state} →`))
    expect(to && `${event}: ${state} → ${to}`).toBe(expected)
  },
)

describe('invariant 8: what an uninstall can lead to', () => {
  test('an unproven signal alone erases nothing: only certain refusals or a user do', () => {
    for (const event of allEvents)
      if (nextUninstallState('signalled', event) === 'erased') expect(['refused', 'confirmed']).toContain(event)
  })

  test('nothing is erased that was not signalled or suspended before, and nothing comes back from it', () => {
    for (const event of allEvents) expect(nextUninstallState('none', event)).not.toBe('erased')
    for (const event of allEvents) expect(nextUninstallState('erased', event)).toBeUndefined()
  })

  test('an unproven signal is forgotten after a day', () => {
    const signalledAt = new Date('2026-11-24T12:00:00Z')
    const stateAfter = (ms: number) =>
      uninstallStateOf({ suspendedUpTo: null, uninstallSignalledAt: signalledAt }, new Date(signalledAt.getTime() + ms))
    expect(stateAfter(signalLifeMs - 1)).toBe('signalled')
    expect(stateAfter(signalLifeMs)).toBe('none')
  })

  test('a bound one stops what was sent before it or at the same moment, and nothing later', () => {
    const suspendedUpTo = new Date(2_000)
    const stops = (ms: number) => isSuspended({ suspendedUpTo }, { issuedAt: new Date(ms) })
    expect([1_999, 2_000, 2_001].map(stops)).toEqual([true, true, false])
    expect(isSuspended({ suspendedUpTo: null }, { issuedAt: new Date(0) })).toBe(false)
  })
})
