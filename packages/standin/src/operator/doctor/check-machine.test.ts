import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { checkSpool } from './check-machine.ts'

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'standin-spool-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('the check of the spool leaves no folder that only its own user could write', async () => {
  const folder = makeFolder()
  expect(await checkSpool(join(folder, 'data/spool'))).toMatchObject({ level: 'good' })
  expect(existsSync(join(folder, 'data'))).toBe(false)
  mkdirSync(join(folder, 'spool'))
  expect(await checkSpool(join(folder, 'spool'))).toMatchObject({ level: 'good' })
  expect(readdirSync(folder)).toEqual(['spool'])
  expect(readdirSync(join(folder, 'spool'))).toEqual([])
})

test.skipIf(process.getuid?.() !== 0)(
  'a spool of root’s is found by root, who may write it: the server may not',
  async () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'spool'))
    chownSync(folder, 1234, 1234)
    const found = await checkSpool(join(folder, 'spool'))
    expect(found).toMatchObject({ level: 'wrong' })
    expect(found.text).toContain(`chown --recursive --reference=${folder} ${join(folder, 'spool')}`)
  },
)
