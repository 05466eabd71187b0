import type { Action } from '@standin/client'
import { expect, test } from 'vitest'
import { aRun } from './a-run.fixture.ts'
import { usualSecondsOf } from './usual-seconds.ts'

const clear = { changesData: true, usualSeconds: 1_800, secondsPerChange: 0.5 } as Action
const snapshot = { changesData: false, usualSeconds: 40, secondsPerChange: null } as Action
const progress = (total: number | null) => ({ done: 0, total, secondsLeft: null, message: '', share: null })

test.each([
  ['a preview takes as long as others did', { mode: 'preview', progress: progress(3) }, clear, 1_800],
  ['what is applied takes as long as its changes', { mode: 'apply', progress: progress(1_284) }, clear, 642],
  ['of which nothing is known before their number', { mode: 'apply', progress: progress(null) }, clear, null],
  ['what changes nothing takes as long as others did', { mode: 'apply', progress: progress(3) }, snapshot, 40],
  ['nobody knows of an action that is gone', { mode: 'apply', progress: progress(3) }, undefined, null],
] as const)('%s', (_, run, action, seconds) => expect(usualSecondsOf(aRun(run), action)).toBe(seconds))
