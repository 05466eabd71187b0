import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runPart } from '../../scripts/part.ts'
import type { Comparison } from '../compare.ts'

const app = fileURLToPath(new URL('../../apps/iris-app', import.meta.url))

/** What has to arrive before the app's first picture, as its own build weighs it. */
export function appFirstJavaScript(): Comparison[] {
  return [
    {
      id: 'app-first-javascript',
      name: 'the app: its first JavaScript by Brotli',
      unit: 'kB',
      goal: 90,
      better: 'less',
      rounds: 1, // The same each time.
      subject: { name: 'apps/iris-app', measure: async () => ({ value: await weigh() }) },
    },
  ]
}

async function weigh(): Promise<number> {
  const outDir = await mkdtemp(join(tmpdir(), 'standin-bench-'))
  const said = await runPart(['../../node_modules/vite/bin/vite.js', 'build', '--outDir', outDir], {
    environment: { NO_COLOR: '1' },
    cwd: app,
  })
  await rm(outDir, { recursive: true, force: true })
  const [, kiloBytes] = /First JavaScript: ([\d.]+) kB/.exec(said) ?? []
  if (!kiloBytes) throw new Error('The build does not say how much its first JavaScript weighs.')
  return Number(kiloBytes)
}
