import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { root } from '../../scripts/part.ts'
import { publicApi } from './public-api.ts'

beforeAll(() => {
  const { status, stdout, stderr } = spawnSync('npm', ['run', 'build'], { cwd: root, encoding: 'utf8' })
  expect(status, stdout + stderr).toBe(0)
})

/** `RENEW_API=yes npm test -- --project e2e e2e/consumer/public-api.test.ts` writes them again: look at the difference. */
test.each(['standin', 'client', 'contracts', 'iris-ui', 'trackunit-simulator'])(
  'what %s offers changes only on purpose, with a changeset',
  (name) => {
    const snapshot = join(import.meta.dirname, 'api', `${name}.txt`)
    const offered = publicApi(`packages/${name}`)
    if (process.env.RENEW_API === 'yes') writeFileSync(snapshot, offered)

    expect(existsSync(snapshot)).toBe(true)
    expect(offered).toBe(readFileSync(snapshot, 'utf8'))
  },
)
