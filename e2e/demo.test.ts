import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { root } from '../scripts/part.ts'

test('the demo gets from the documented callback to a token, an action and its file, and exits with 0', async () => {
  const demo = spawn(process.execPath, ['--conditions=@standin/source', 'scripts/demo.ts'], { cwd: root })
  let printed = ''
  demo.stdout.on('data', (piece) => (printed += piece))
  demo.stderr.on('data', (piece) => (printed += piece))

  const [code] = await once(demo, 'close')

  expect(code, printed).toBe(0)
  expect(printed.match(/^✔/gm)).toHaveLength(9)
  expect(printed).toMatch(/All of it held\.\n$/)
})
