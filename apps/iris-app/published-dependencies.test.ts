import { expect, test } from 'vitest'
import { publishedDependencies } from './published-dependencies.ts'

const workspaceYaml = `packages: [apps/*]
allowBuilds:
  esbuild: false # works without its script
catalog:
  '@trpc/client': 11.22.1
  react: 19.3.1
`

test('lists packages from the registry with their versions, and none of this workspace', () => {
  expect(
    publishedDependencies(
      [
        { dependencies: { '@standin/iris-ui': 'workspace:*', react: 'catalog:' } },
        { dependencies: { '@trpc/client': 'catalog:', react: 'catalog:' } },
        {},
      ],
      workspaceYaml,
    ),
  ).toEqual({ '@trpc/client': '11.22.1', react: '19.3.1' })
})

test('refuses a package whose version is not in the catalog', () => {
  expect(() => publishedDependencies([{ dependencies: { penpal: 'catalog:' } }], workspaceYaml)).toThrow(/penpal/)
})
