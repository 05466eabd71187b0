import { expect, test } from 'vitest'
import { result } from '../../test/result-to-send.ts'
import { webhookBodyOf } from './webhook-body.ts'

test('a POST has a type, a timestamp and the result as the API returns it', () => {
  const body = JSON.parse(webhookBodyOf(result))
  expect(body).toMatchObject({
    type: 'run.succeeded',
    timestamp: '2026-03-02T05:00:09.000Z',
    data: {
      run: {
        id: 'run',
        actionTitle: 'Attention list',
        headline: '2 machines need you.',
        artifacts: [{ name: 'list.csv', keptUntil: '2026-12-24T06:00:00.000Z' }],
      },
      rows: [{ id: 'a', machine: { name: 'Loader' }, cells: { fuel: 12.345 } }, { id: 'b' }],
      totalRows: 2,
    },
  })
})
