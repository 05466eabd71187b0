import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAdjustableClock } from '../../test/adjustable-clock.ts'
import { createSeenBeats } from './seen-beats.ts'

const history = (digit: number) => `${String(digit).repeat(8)}-1111-4111-8111-111111111111`

async function createFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'standin-seen-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const clock = createAdjustableClock()
  const warned: string[] = []
  const log = { warn: (_: unknown, text: string) => void warned.push(text) }
  return { folder, warned, open: (in_ = folder) => createSeenBeats({ folder: in_, clock, log: log as never }) }
}

async function recalled(seen: ReturnType<typeof createSeenBeats>, of: string) {
  await seen.recall({ history: of, beats: 1 })
  return seen.get()?.beats
}

test('the highest beat of each history outlives the process, and a slower process lowers none', async () => {
  const { folder, open } = await createFolder()
  const [fast, slow, other] = [open(), open(), open()]
  fast.note({ history: history(1), beats: 9 })
  await fast.close()
  slow.note({ history: history(1), beats: 8 })
  await slow.close()
  other.note({ history: history(2), beats: 3 })
  await other.close()

  expect(await recalled(open(), history(1))).toBe(9)
  expect(await recalled(open(), history(2))).toBe(3)
  expect(await recalled(open(), history(3))).toBe(0)
  expect(await readdir(folder)).toEqual(['seen-beats.json'])
})

test('ignores a file of another form, and reports a folder that cannot be written', async () => {
  const { folder, warned, open } = await createFolder()
  await writeFile(join(folder, 'seen-beats.json'), '{"half')
  expect(await recalled(open(), history(1))).toBe(0)
  const nowhere = open(join(folder, 'seen-beats.json', 'folder'))
  expect(nowhere.isWritable()).toBe(true)
  nowhere.note({ history: history(1), beats: 1 })
  await nowhere.close()
  expect(nowhere.isWritable()).toBe(false)
  await rm(join(folder, 'seen-beats.json'))
  await nowhere.close()
  expect(nowhere.isWritable()).toBe(true)
  expect(warned).toEqual([expect.stringContaining('STANDIN_DATA_DIR cannot be written')])
})
