import type { ResultColumn } from '@standin/contracts'
import { expect, test } from 'vitest'
import { attachedFile, largestAttachmentBytes } from './attached-file.ts'

const run = { actionId: 'report', endedAt: '2026-03-02T05:00:09.000Z' }
const columns: ResultColumn[] = [{ key: 'text', title: 'Text', kind: 'text', filterable: false }]
const result = { run, columns, hasMachines: false, habits: { timeZone: null, unitSystem: null } }

async function* batches(bytes: number) {
  for (let left = bytes; left > 0; left -= 500_000)
    yield [{ id: `${left}`, machine: null, cells: { text: 'x'.repeat(Math.min(left, 500_000)) }, isNew: false }]
}

test('a file that mail servers accept is attached, named by its day', async () => {
  const file = await attachedFile(result, { format: 'csv', batches: batches(1_000_000) })
  expect(file).toMatchObject({ name: 'report-2026-03-02.csv', mediaType: 'text/csv; charset=utf-8' })
})

test('a larger file is not attached', async () => {
  expect(await attachedFile(result, { format: 'csv', batches: batches(largestAttachmentBytes) })).toBeUndefined()
})
