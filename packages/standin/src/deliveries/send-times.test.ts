import { expect, test } from 'vitest'
import { inTime } from './in-time.ts'
import { createSendTimes } from './send-times.ts'

test('invariant 26: a stop ends the sends that are under way, and does not wait for later ones', async () => {
  const { timeForSend, endSends } = createSendTimes({ stopMs: 0 })
  const endless = () => inTime(timeForSend('email'), () => new Promise(() => {}))
  const underWay = endless()
  endSends()
  expect(await underWay).toMatchObject({ kind: 'failed' })
  expect(await endless()).toMatchObject({ kind: 'failed' })
})
