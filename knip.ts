import type { KnipConfig } from 'knip'
import { hasReferenceActions } from './scripts/reference-actions.ts'

export default {
  // A type is exported beside the function whose arguments it names, whether or not somebody writes it down today.
  ignoreExportsUsedInFile: { interface: true, type: true },
  workspaces: {
    '.': {
      // turbo is what bootstrap.mjs is given to run; `standin dev` finds the simulator by its name.
      ignoreDependencies: ['turbo', '@standin/trackunit-simulator'],
      vitest: { config: ['vitest.config.ts', 'vitest.long.config.ts'] },
    },
    bench: { entry: ['main.ts', 'draw-newest.ts', 'reference-server.ts'] },
    e2e: {
      // Compiled by each supported TypeScript against the packed client.
      entry: [
        '*.test.ts',
        'consumer/surface.ts',
        'federation/host.js',
        'federation/roster.config.ts',
        'overload/open-loop.ts',
      ],
      ignoreDependencies: ['@arethetypeswrong/cli', 'fleet_assistant'],
      // Part of the system, and looked for before use.
      ignoreBinaries: ['prlimit'],
    },
    // Compiled and started by a test, over clients that it generates.
    'e2e/rest-clients': {
      entry: ['*.ts'],
      ignoreDependencies: ['@hey-api/openapi-ts', 'openapi-typescript'],
      ignoreUnresolved: ['./generated/.*'],
    },
    // The demo starts its server and its consumer as processes of their own.
    scripts: {
      entry: ['*.{ts,mjs}', 'demo/{consumer,server}.ts', 'checks/recipe/count-machines.ts'],
      // Part of the system: staging says where it is missing, and a test is skipped.
      ignoreBinaries: ['nginx', 'openssl'],
    },
    // Its actions and their tests import these: a maker who deleted the reference actions writes others.
    'apps/server': { ignoreDependencies: hasReferenceActions ? [] : ['@standin/client', 'fast-check', 'zod'] },
    // Nothing imports the lifecycle extension: Trackunit runs it.
    'apps/iris-app': { entry: ['extensions/*/src/index.{ts,tsx}'] },
    'packages/standin': {
      // Nothing imports them: one fails to compile when the server does not serve what the client promises, browsers load the other.
      entry: ['src/serves-the-contract.ts', 'console/console.js'],
      // Part of the system, and looked for before use.
      ignoreBinaries: ['mount', 'umount', 'unshare', 'pgbouncer'],
    },
    'packages/create-standin/template': {
      // Started by name, or by Vite.
      entry: ['actions/*.ts', 'app/vite.config.ts', 'app/main.tsx', 'app/extensions/*/src/index.{ts,tsx}'],
      ignoreDependencies: ['@standin/trackunit-simulator'],
    },
    'packages/trackunit-simulator': {
      // Manager's page loads the scripts in public/, and penpal.js from an address, not from a file.
      entry: ['public/*.js'],
      ignoreUnresolved: ['./penpal.js'],
    },
  },
} satisfies KnipConfig
