import type { InstallationState } from '@standin/contracts'
import type { ChangeName } from './changes.ts'
import type { Tone } from './icon.ts'

interface StateWords {
  tone: Tone
  means: string
  toDo: string
  /** What can be decided about several accounts in this state. */
  decisions: readonly ChangeName[]
}

/** The states of accounts, as the table of `docs/operating.md` explains them. */
export const stateWords: Record<InstallationState, StateWords> = {
  pending: {
    tone: 'wait',
    means: 'The credentials are being proven. With TRACKUNIT_UNAVAILABLE, Trackunit does not answer.',
    toDo: 'Nothing. Refused credentials are tried again about every 30 seconds, for 15 minutes.',
    decisions: [],
  },
  active: { tone: 'ok', means: 'The account is served.', toDo: 'Nothing is to be done.', decisions: ['pause'] },
  parked: {
    tone: 'bad',
    means: 'Trackunit refuses credentials that used to work. Valid tokens are served until they expire; runs wait.',
    toDo: 'Ask the account whether the app is still installed; a re-install fixes it. If many are parked at once, it is Trackunit: they recover on their own.',
    decisions: ['try', 'pause'],
  },
  rejected: {
    tone: 'bad',
    means: 'The credentials never worked, or someone refused them.',
    toDo: 'Ask the account whether the app is still installed. Roll back tries earlier credentials again.',
    decisions: [],
  },
  quarantined: {
    tone: 'bad',
    means: 'The credentials belong or belonged to another account.',
    toDo: 'Find out why. Release proves them again.',
    decisions: ['release'],
  },
  'awaiting-approval': {
    tone: 'warn',
    means: 'A re-install that nothing binds to the account arrived while the old credentials work.',
    toDo: 'Ask the account. If it did not re-install, someone is trying to take it over: refuse.',
    decisions: ['approve', 'refuse'],
  },
  superseded: {
    tone: 'wait',
    means: 'Newer credentials are in force.',
    toDo: 'Nothing. Roll back brings these back once they are proven.',
    decisions: [],
  },
  suspended: {
    tone: 'warn',
    means: 'A bound UNINSTALLED arrived. No token is issued, everything is paused and kept, and erased later.',
    toDo: 'Nothing if the uninstall is genuine. If not, restore.',
    decisions: ['restore', 'erase'],
  },
  paused: {
    tone: 'warn',
    means:
      'An operator paused the account. No token is issued, everything waits, and nothing is erased. Callbacks are still received and proven.',
    toDo: 'Resume it when the reason is gone. The story says who paused it.',
    decisions: ['resume'],
  },
  uninstalled: {
    tone: 'wait',
    means: 'Secrets and tokens are erased, runs and schedules have ended, audit entries stay.',
    toDo: 'Nothing. The account can install the app again.',
    decisions: [],
  },
  none: { tone: 'wait', means: 'The account never installed the app.', toDo: 'Nothing is to be done.', decisions: [] },
}
