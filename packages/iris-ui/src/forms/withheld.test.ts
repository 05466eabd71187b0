import type { Receivers } from '@standin/client'
import { expect, test } from 'vitest'
import { noReceivers } from './receivers.ts'
import { withheld } from './withheld.ts'

const person = (address: string, state: Receivers['addresses'][number]['state']) => ({
  address,
  state,
  askedAt: null,
  answeredAt: null,
  askAgainAt: null,
})
const receivers: Receivers = {
  own: 'Anna@Fleet.example',
  domains: (['email', 'webhook'] as const).map((kind) => ({
    kind,
    domain: `${kind}.example`,
    addedAt: '2026-01-01T00:00:00Z',
    addedBy: { kind: 'user', id: 'ada', name: 'Ada' },
  })),
  everywhere: ['maker.example'],
  addresses: [person('bert@partner.example', 'confirmed'), person('carla@email.example', 'withdrawn')],
  mayChange: false,
}

test('names typed receivers that are neither one’s own, confirmed nor trusted, and those who want no emails', () => {
  const emails =
    'anna@fleet.example, x@email.example; y@sub.maker.example Bert@partner.example eve@partner.example CARLA@email.example'
  const webhooks = 'https://hooks.webhook.example/secret https://email.example/x https://email.example/y'
  expect(withheld({ ...noReceivers, emails, webhooks }, receivers)).toEqual({
    unconfirmed: ['eve@partner.example'],
    withdrawn: ['carla@email.example'],
    hosts: ['email.example'],
  })
})
