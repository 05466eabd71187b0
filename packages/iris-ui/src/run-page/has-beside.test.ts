import type { Run } from '@standin/client'
import { expect, test } from 'vitest'
import { aRun } from '../runs/a-run.fixture.ts'
import { hasBeside } from './has-beside.ts'

const nothing = aRun({ artifacts: [], deliveries: [] })
const file = { artifacts: [{}] } as Pick<Run, 'artifacts'>
const delivery = { deliveries: [{}] } as Pick<Run, 'deliveries'>

test.for([
  ['a result without rows, files and deliveries', nothing, { total: 0 }, false],
  ['one of which nothing is known', nothing, undefined, false],
  ['files of a result without rows', { ...nothing, ...file }, { total: 0 }, true],
  ['deliveries of a result without rows', { ...nothing, ...delivery }, { total: 0 }, true],
  ['rows whose files have been deleted', nothing, { total: 3 }, true],
] as const)('%s: something stands beside the list only where there is something', ([, run, first, expected]) => {
  expect(hasBeside(run, first)).toBe(expected)
})
