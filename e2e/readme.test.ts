import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, runPart } from '../scripts/part.ts'
import { accountId, install, startStack } from './stack.ts'

test('the example in the README gets a token with the key that its command prints', async () => {
  await using stack = await startStack({ fleetSize: 1 })
  await install(stack, accountId)
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const command = /npm run --silent standin -- (keys create .*)/.exec(readme)?.[1] ?? ''
  const example = /```ts\n([\s\S]*?createStandinClient[\s\S]*?)```/.exec(readme)?.[1] ?? ''

  const key = await stack.operator(...(command.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', '')))
  const said = await runPart(['--input-type=module-typescript', '--eval', example], {
    cwd: join(root, 'e2e'),
    environment: { STANDIN_URL: stack.server, STANDIN_SERVICE_KEY: key },
  })

  expect(said).toMatch(/^A token of \d{3,} characters, good until 2\d{3}-/)
})
