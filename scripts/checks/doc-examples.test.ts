import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyAction } from 'standin'
import { createActionStage, fleetOf } from 'standin/testing'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** Where the packages are found that an app has. */
const folder = join(root, 'apps/server/node_modules/.cache/doc-examples')

/** Whole files: an example that is a part of one imports nothing. */
const examples = globSync('docs/*.md', { cwd: root }).flatMap((path) =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/```ts\n(import [\s\S]*?)```/g)].map(([, code = '']) => code),
)

test('the examples in docs/ compile', { timeout: 600_000 }, () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [index, code] of examples.entries()) writeFileSync(join(folder, `example-${index}.ts`), code)
  const files = examples.map((_, index) => `example-${index}.ts`)
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      files,
      compilerOptions: { types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    }),
  )
  const { stdout, status } = spawnSync('tsc', ['-p', folder], { encoding: 'utf8', cwd: root })

  expect(examples.length).toBeGreaterThanOrEqual(3)
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

test('the actions in docs/ do on the stage of tests what they say', { timeout: 60_000 }, async () => {
  const beside = mkdtempSync(join(import.meta.dirname, '.doc-examples-')) // Outside of node_modules, where nothing strips types.
  onTestFinished(() => rmSync(beside, { recursive: true, force: true }))
  const actions = new Map<string, AnyAction>()
  for (const [index, code] of examples.entries()) {
    if (!/^export const \w+ = define(Action|Change)\(/m.test(code)) continue
    const file = join(beside, `example-${index}.ts`)
    writeFileSync(file, code)
    for (const action of Object.values<AnyAction>(await import(file))) actions.set(action.id, action)
  }
  expect([...actions.keys()].sort()).toEqual(['brands', 'dismiss-events', 'hard-workers'])
  const of = (id: string) => actions.get(id) as AnyAction

  const machines = fleetOf(40, (nth) => ({ hours: nth < 3 ? 9_000 : 100, brand: nth < 10 ? 'Volvo' : 'Cat' }))
  const event = { assetId: 'm1', type: 'ALERT', criticality: 'LOW', status: 'OPEN', time: '2026-11-01T00:00:00Z' }
  const events = ['e1', 'e2'].map((id) => ({ ...event, id }))
  const stage = createActionStage({ machines, events })

  const worked = await stage.play(of('hard-workers'))
  expect(worked).toMatchObject({ headline: '3 machines have more than 5000 hours.', chart: { kind: 'bars' } })
  expect(worked.rows).toHaveLength(3)
  expect(Object.keys(worked.files)).toEqual(['hard-workers.csv', 'hard-workers.xlsx'])

  const counted = await stage.play(of('brands'), { input: { atLeast: 11 } })
  expect(counted).toMatchObject({ headline: '1 brand.', rows: [{ id: 'Cat', cells: { machines: 30 } }] })

  const preview = await stage.play(of('dismiss-events'), { mode: 'preview' })
  expect(preview.rows.map(({ id }) => id)).toEqual(['e1', 'e2'])
  await stage.play(of('dismiss-events'), { preview, leaveOut: ['e2'] })
  expect(stage.world.events.map(({ status }) => status)).toEqual(['DISMISSED', 'OPEN'])
})
