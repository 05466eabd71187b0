type Files = Record<string, string>

/** What a rule must refuse, and the way it leaves open. */
type BoundaryExample = {
  rule: string
  wrong: Files
  right: Files
}

const standin = 'packages/standin/src'

/** What the tree of the examples may import from outside, so that a boundary is seen to bite where a declaration allows it. */
export const declared = [
  '@fastify/cors',
  '@standin/client',
  '@standin/contracts',
  '@standin/trackunit-simulator',
  '@trpc/server',
  'commander',
  'drizzle-orm',
  'fastify',
  'jose',
  'oauth4webapi',
  'pg-boss',
  'server',
  'standin',
  'zod',
]

/** One example for each boundary and for each linter rule that this project leans on. */
export const boundaryExamples: BoundaryExample[] = [
  {
    rule: 'packages-are-imported-by-name',
    wrong: {
      'packages/client/src/by-path.ts': "export * from '../../contracts/src/token.ts'\n",
      [`${standin}/http/by-path.ts`]: "export * from '../../../contracts/src/token.ts'\n",
    },
    right: { 'packages/client/src/by-name.ts': "export * from '@standin/contracts'\n" },
  },
  {
    rule: 'packages-never-import-apps',
    wrong: { [`${standin}/imports-an-app.ts`]: "import 'server'\n" },
    right: { 'apps/server/src/imports-a-package.ts': "import 'standin'\n" },
  },
  {
    rule: 'simulator-imports-nothing-of-ours',
    wrong: { 'packages/trackunit-simulator/src/agrees.ts': "import '@standin/contracts'\n" },
    right: { 'packages/trackunit-simulator/src/stands-alone.ts': "import 'fastify'\n" },
  },
  {
    rule: 'only-tests-import-the-simulator',
    wrong: { [`${standin}/trackunit/knows-the-simulator.ts`]: "import '@standin/trackunit-simulator'\n" },
    right: {
      [`${standin}/trackunit/knows-the-simulator.test.ts`]: "import '@standin/trackunit-simulator'\n",
      'packages/standin/test/with-trackunit.ts': "import '@standin/trackunit-simulator'\n",
      'e2e/journey.test.ts': "import '@standin/trackunit-simulator'\n",
      'scripts/starts-it.ts': "import '@standin/trackunit-simulator'\n",
    },
  },
  {
    rule: 'contracts-import-zod-alone',
    wrong: { 'packages/contracts/src/heavy.ts': "import 'node:crypto'\n" },
    right: { 'packages/contracts/src/light.ts': "import 'zod'\nimport './only-types.ts'\n" },
  },
  {
    rule: 'client-imports-only-contracts',
    wrong: {
      'packages/client/src/knows-the-server.ts': "import type { Standin } from 'standin'\n\nexport type { Standin }\n",
    },
    right: { 'packages/client/src/knows-the-contract.ts': "import '@standin/contracts'\n" },
  },
  {
    rule: 'iris-ui-imports-only-client',
    wrong: { 'packages/iris-ui/src/around-the-client.tsx': "import '@standin/contracts'\n" },
    right: { 'packages/iris-ui/src/through-the-client.tsx': "import '@standin/client'\n" },
  },
  {
    rule: 'standin-imports-only-contracts',
    wrong: { [`${standin}/tokens/knows-its-caller.ts`]: "import '@standin/client'\n" },
    right: {
      [`${standin}/serves-the-contract.ts`]:
        "import type { AppRouter } from '@standin/client'\n\nexport type { AppRouter }\n",
    },
  },
  {
    rule: 'only-edges-import-fastify-and-trpc',
    wrong: {
      [`${standin}/runs/knows-http.ts`]: "import 'fastify'\n",
      [`${standin}/runs/knows-cors.ts`]: "import '@fastify/cors'\n",
      [`${standin}/runs/knows-trpc.ts`]: "import '@trpc/server/adapters/fastify'\n",
      [`${standin}/tokens/knows-a-request.ts`]: "export type { FastifyRequest } from 'fastify'\n",
    },
    right: {
      [`${standin}/runs/some-route.ts`]: "import 'fastify'\n",
      [`${standin}/runs/some-procedures.ts`]: "import '@trpc/server'\n",
      [`${standin}/http/some-server.ts`]: "import 'fastify'\n",
    },
  },
  {
    rule: 'only-edges-are-given-edges',
    wrong: { [`${standin}/tokens/calls-its-edge.ts`]: "import './token-route.ts'\n" },
    right: { [`${standin}/create-standin.ts`]: "import './tokens/token-route.ts'\n" },
  },
  {
    rule: 'only-stores-import-drizzle',
    wrong: {
      [`${standin}/tokens/queries.ts`]: "import 'drizzle-orm'\n",
      [`${standin}/tokens/dialect.ts`]: "import 'drizzle-orm/pg-core'\n",
      [`${standin}/tokens/later.ts`]: "export const drizzle = () => import('drizzle-orm')\n",
    },
    right: {
      [`${standin}/tokens/some-store.ts`]: "import 'drizzle-orm'\n",
      [`${standin}/tokens/some-table.ts`]: "import 'drizzle-orm/pg-core'\n",
      [`${standin}/database/some-database.ts`]: "import 'drizzle-orm/postgres-js'\n",
      [`${standin}/audit/record.ts`]: "import 'drizzle-orm'\n",
    },
  },
  {
    rule: 'only-run-queue-imports-pg-boss',
    wrong: { [`${standin}/runs/start-some-run.ts`]: "import 'pg-boss'\n" },
    right: { [`${standin}/runs/run-queue.ts`]: "import 'pg-boss'\n" },
  },
  {
    rule: 'only-token-endpoint-imports-oauth4webapi',
    wrong: { [`${standin}/credentials/proves.ts`]: "import 'oauth4webapi'\n" },
    right: { [`${standin}/tokens/token-endpoint.ts`]: "import 'oauth4webapi'\n" },
  },
  {
    rule: 'only-commands-import-commander',
    wrong: { [`${standin}/audit/parses.ts`]: "import 'commander'\n" },
    right: {
      [`${standin}/commands/parses.ts`]: "import 'commander'\n",
      'packages/standin/bin/parses.ts': "import 'commander'\n",
    },
  },
  {
    rule: 'callbacks-are-upstream',
    wrong: {
      [`${standin}/credentials/looks-back.ts`]: "import '../callbacks/callback-kinds.ts'\n",
      [`${standin}/runs/schedules/looks-back.ts`]:
        "import type { Kind } from '../../callbacks/callback-kinds.ts'\n\nexport type { Kind }\n",
    },
    right: { [`${standin}/callbacks/looks-down.ts`]: "import '../credentials/vault.ts'\n" },
  },
  {
    rule: 'runs-are-downstream',
    wrong: { [`${standin}/tokens/looks-ahead.ts`]: "import '../runs/start-run.ts'\n" },
    right: { [`${standin}/runs/looks-up.ts`]: "import '../tokens/issue-token.ts'\n" },
  },
  {
    rule: 'tokens-are-handed-credentials',
    wrong: { [`${standin}/tokens/takes-a-vault.ts`]: "import '../credentials/vault.ts'\n" },
    right: {
      [`${standin}/tokens/is-handed-a-vault.ts`]:
        "import type { Vault } from '../credentials/vault.ts'\n\nexport type { Vault }\n",
      [`${standin}/credentials/asks-for-a-token.ts`]: "import '../tokens/token-endpoint.ts'\n",
    },
  },
  {
    rule: 'noProcessEnv',
    wrong: { [`${standin}/tokens/reads-the-environment.ts`]: 'export const port = process.env.PORT\n' },
    right: {
      [`${standin}/config.ts`]: 'export const port = process.env.PORT\n',
      'apps/server/src/main.ts': 'export const port = process.env.PORT\n',
      'packages/standin/bin/reads-the-environment.ts': 'export const port = process.env.PORT\n',
    },
  },
  {
    rule: 'noUndeclaredDependencies',
    wrong: { [`${standin}/tokens/borrows.ts`]: "import 'react'\n" },
    right: { [`${standin}/tokens/declares.ts`]: "import 'jose'\n" },
  },
  {
    rule: 'noImportCycles',
    wrong: {
      [`${standin}/runs/hen.ts`]: "import { egg } from './egg.ts'\n\nexport const hen = () => egg\n",
      [`${standin}/runs/egg.ts`]: "import { hen } from './hen.ts'\n\nexport const egg = () => hen\n",
    },
    right: { [`${standin}/runs/chick.ts`]: "import { hen } from './hen.ts'\n\nexport const chick = () => hen\n" },
  },
  {
    rule: 'noFloatingPromises',
    wrong: {
      [`${standin}/runs/forgets.ts`]: 'const work = async () => 1\n\nexport const start = () => {\n  work()\n}\n',
    },
    right: {
      [`${standin}/runs/waits.ts`]:
        'const work = async () => 1\n\nexport const start = async () => {\n  await work()\n}\n',
    },
  },
  {
    rule: 'noExplicitAny',
    wrong: { [`${standin}/runs/anything.ts`]: 'export const same = (value: any) => value\n' },
    right: { [`${standin}/runs/something.ts`]: 'export const same = (value: unknown) => value\n' },
  },
  {
    rule: 'useImportType',
    wrong: {
      [`${standin}/runs/imports-a-value.ts`]:
        "import { Run } from './run-store.ts'\n\nexport const id = (run: Run) => run\n",
    },
    right: {
      [`${standin}/runs/imports-a-type.ts`]:
        "import type { Run } from './run-store.ts'\n\nexport const id = (run: Run) => run\n",
    },
  },
  {
    rule: 'noNonNullAssertion',
    wrong: { [`${standin}/runs/is-sure.ts`]: 'export const sure = (text?: string) => text!\n' },
    right: { [`${standin}/runs/is-sure.test.ts`]: 'export const sure = (text?: string) => text!\n' },
  },
  {
    rule: 'useFilenamingConvention',
    wrong: { [`${standin}/runs/startRun.ts`]: 'export const startRun = 1\n' },
    right: { [`${standin}/runs/start-run.ts`]: 'export const startRun = 1\n' },
  },
]
