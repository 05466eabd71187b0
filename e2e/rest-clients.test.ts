import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root, runPart } from '../scripts/part.ts'
import { accountId, install, type Stack, startStack } from './stack.ts'

const sources = join(root, 'e2e/rest-clients')
/** Of programs whose clients are generated from what the running server says of itself. */
const project = mkdtempSync(join(tmpdir(), 'standin-rest-'))
let stack: Stack
let environment: Record<string, string>

beforeAll(async () => {
  stack = await startStack({ fleetSize: 3 })
  await install(stack, accountId)
  const key = await stack.operator('keys', 'create', '--service', 'rest', '--account', 'all', '--scopes', 'asset.view')
  environment = { STANDIN_SERVICE_KEY: key }

  const document = join(project, 'openapi.json')
  writeFileSync(document, await (await fetch(`${stack.server}/v1/openapi.json`)).text())
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  symlinkSync(join(sources, 'node_modules'), join(project, 'node_modules'))
  mkdirSync(join(project, 'generated'))
  await run('openapi-typescript/bin/cli.js', document, '--output', join(project, 'generated/openapi.d.ts'))
  await run('@hey-api/openapi-ts/bin/run.js', '--input', document, '--output', join(project, 'generated/hey-api'))
  for (const name of ['with-openapi-fetch.ts', 'with-hey-api.ts']) cpSync(join(sources, name), join(project, name))
  const checked = ['--strict', '--skipLibCheck', 'false', '--exactOptionalPropertyTypes', 'false']
  const target = ['--target', 'es2022', '--module', 'nodenext', '--lib', 'es2023,dom,dom.iterable,dom.asynciterable']
  const programs = ['with-openapi-fetch.ts', 'with-hey-api.ts'].map((name) => join(project, name))
  await run(
    'typescript/bin/tsc',
    ...checked,
    ...target,
    '--types',
    'node',
    '--outDir',
    join(project, 'out'),
    ...programs,
  )
})
afterAll(async () => {
  await stack[Symbol.asyncDispose]()
  rmSync(project, { recursive: true, force: true })
})

const run = (bin: string, ...given: string[]) => runPart([join(sources, 'node_modules', bin), ...given])

test('a client of openapi-typescript and openapi-fetch compiles, and works on installations, tokens, runs and schedules', async () => {
  const command = [join(project, 'out/with-openapi-fetch.js'), stack.server, accountId] as const
  expect((await runPart(command, { environment })).split('\n')).toEqual([
    `installed: ${accountId} active`,
    'a newer token: true',
    'run: succeeded, 2 of 3 rows, more: true',
    'file: true',
    'schedule: active, then FREQ=WEEKLY;BYDAY=FR;BYHOUR=6',
    'refused: RUN_NOT_FOUND',
  ])
})

test('a client of @hey-api/openapi-ts compiles, and works on installations, tokens, runs and results', async () => {
  const command = [join(project, 'out/with-hey-api.js'), stack.server, accountId] as const
  expect((await runPart(command, { environment })).split('\n')).toEqual([
    `installed: ${accountId} active`,
    'token: Bearer, asset.view',
    'run: succeeded, 0 rows, listed: true',
    'refused: RUN_NOT_FOUND 404',
    'unknown: UNAUTHENTICATED',
  ])
})
