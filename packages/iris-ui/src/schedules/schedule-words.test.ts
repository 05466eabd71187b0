import type { Action, Delivery } from '@standin/client'
import { expect, test } from 'vitest'
import { en } from '../texts/called-standin.fixture.ts'
import { failedDeliveriesOf, pausedWords, scheduleTitle } from './schedule-words.ts'

test('schedules of one action differ by their machines', () => {
  const actions = [
    { id: 'list', title: 'Attention list', inputSchema: { properties: { machines: { format: 'machine-filter' } } } },
    { id: 'other', title: 'Other', inputSchema: {} },
  ] as unknown as Action[]
  const title = (actionId: string, input: Record<string, unknown>) =>
    scheduleTitle({ actionId, input }, actions, ({ siteIds }) => (siteIds ? 'Zealand' : 'All machines'))

  expect(title('list', {})).toBe('Attention list, all machines')
  expect(title('list', { machines: { siteIds: ['1'] } })).toBe('Attention list, Zealand')
  expect(title('other', {})).toBe('Other')
})

test('an address that was not reached is named while it is still a receiver', () => {
  const delivery = (to: string, state: Delivery['state']) => ({ to, state }) as Delivery
  const deliveries = [
    delivery('a@example.com', 'failed'),
    delivery('b@example.com', 'delivered'),
    delivery('hooks.example.com', 'failed'),
    delivery('corrected@example.com', 'failed'),
  ]
  const deliverTo = [
    { kind: 'email', address: 'a@example.com', file: 'none' },
    { kind: 'email', address: 'b@example.com', file: 'none' },
    { kind: 'webhook', id: 'w-1', host: 'hooks.example.com' },
  ] as const
  expect(failedDeliveriesOf({ deliveries }, { deliverTo: [...deliverTo] }).map(({ to }) => to)).toEqual([
    'a@example.com',
    'hooks.example.com',
  ])
})

test('a schedule of an app that can be restored does not say that it has to be installed again', () => {
  const why = (installation: 'suspended' | 'uninstalled') =>
    pausedWords({ reason: 'INSTALLATION_UNINSTALLED' }, { installation, texts: en })
  expect(why('suspended')).toBe('nothing can start at the moment. The overview says why.')
  expect(why('uninstalled')).toMatch(/^Standin was removed from this account\. Install it again/)
})
