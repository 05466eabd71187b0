import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { linkLibraries } from './link-libraries.ts'

test('makes the links that an install script would, once, and needs none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'standin-links-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await linkLibraries(folder) // As on a platform whose package has no links.

  await mkdir(join(folder, 'native/lib'), { recursive: true })
  await writeFile(join(folder, 'native/lib/libpq.so.5.18'), 'library')
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]
  await writeFile(join(folder, 'native/pg-symlinks.json'), JSON.stringify(links))
  await linkLibraries(folder)
  await linkLibraries(folder)

  expect(await readFile(join(folder, 'native/lib/libpq.so.5'), 'utf8')).toBe('library')
})
