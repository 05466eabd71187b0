import { expect, test, vi } from 'vitest'
import { createSteadyClock } from './clock.ts'

/** A machine's clock, which someone may set. */
function createMachine() {
  const startMs = Date.parse('2026-03-01T12:00:00Z')
  let [passedMs, setByMs] = [0, 0]
  return {
    now: () => new Date(startMs + passedMs + setByMs),
    monotonicMs: () => passedMs,
    pass(ms: number) {
      passedMs += ms
    },
    setBy(ms: number) {
      setByMs = ms
    },
  }
}

test.for([-5 * 3_600_000, -2_000, 120_000, 5 * 3_600_000])(
  'a machine whose clock jumps by %i ms changes no time until it is corrected, and is told of once',
  (jumpMs) => {
    const machine = createMachine()
    const clock = createSteadyClock(machine)
    const heard = vi.fn()
    clock.onJump(heard)
    machine.pass(60_000)
    expect(clock.now()).toEqual(machine.now())
    expect(heard).not.toHaveBeenCalled()

    machine.setBy(jumpMs)
    machine.pass(1_000)
    expect([clock.now(), clock.now()].map((at) => at.toISOString())).toEqual(Array(2).fill('2026-03-01T12:01:01.000Z'))
    expect(heard).toHaveBeenCalledOnce()

    clock.correct(jumpMs)
    machine.pass(1_000)
    expect(clock.now().toISOString()).toBe('2026-03-01T12:01:02.000Z')
    expect(heard).toHaveBeenCalledOnce()

    machine.setBy(0)
    clock.now()
    expect(heard).toHaveBeenCalledTimes(2)
    clock.correct(0)
    expect(clock.now()).toEqual(machine.now())
  },
)

test('a machine that was right to jump, as after a sleep, is followed', () => {
  const machine = createMachine()
  const clock = createSteadyClock(machine)
  machine.setBy(3_600_000)
  clock.correct(0)
  expect(clock.now()).toEqual(machine.now())
})
