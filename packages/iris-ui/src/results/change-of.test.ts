import { expect, test } from 'vitest'
import { changeOf } from './change-of.ts'

test('a change is the difference of the shown values, and bad if more is worse', () => {
  expect(changeOf([null, 43.4, 46.4], true)).toMatchObject({ direction: 'up', by: 3, tone: 'warn' })
  expect(changeOf([43.4, 46.4], false)).toMatchObject({ direction: 'up', tone: 'ok' })
  expect(changeOf([40.4, 37.6], true)).toMatchObject({ direction: 'down', by: 2, tone: 'ok' })
  expect(changeOf([27.4, 26.6], true)).toMatchObject({ direction: 'same', by: 0, tone: 'wait' })
  expect(changeOf([27, null], true)).toBeUndefined()
  expect(changeOf([27], true)).toBeUndefined()
})
