import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Configuration, rspack } from '@rspack/core'
import { root } from '../../scripts/part.ts'

const app = join(root, 'apps/iris-app')
const shared = {
  react: { singleton: true, requiredVersion: false },
  'react-dom': { singleton: true, requiredVersion: false },
} as const
/** Packages of the real host that an app must not bundle, and where `host-page.js` puts them. */
const trackunitPackages = {
  '@trackunit/react-core-contexts': ['trackunit', 'contexts'],
  '@trackunit/react-core-hooks': ['trackunit', 'hooks'],
}

/**
 * Builds the app like a real one: a module federation container that exposes its extension, shares React and leaves
 * `@trackunit/*` to the host. A host page takes the place of Manager's own loader. The app is called Roster.
 * @returns the folder to serve
 */
export async function buildFederatedApp({ server, manager }: { server: string; manager: string }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'standin-federated-'))
  await build({
    ...base(folder, 'remote'),
    entry: {},
    externalsType: 'window',
    externals: trackunitPackages,
    plugins: [
      new rspack.DefinePlugin({ STANDIN_SERVER_URL: JSON.stringify(server) }),
      // Not the import of `roster.config.ts` itself.
      new rspack.NormalModuleReplacementPlugin(/\/standin\.config\.ts$/, (found) => {
        if (!found.context.startsWith(import.meta.dirname))
          found.request = join(import.meta.dirname, 'roster.config.ts')
      }),
      new rspack.container.ModuleFederationPluginV1({
        name: 'fleet_assistant',
        filename: 'remoteEntry.js',
        exposes: { './fleet-extension': join(app, 'extensions/fleet-extension/src/index.tsx') },
        shared,
      }),
    ],
  })
  await build({
    ...base(folder, 'host'),
    entry: { main: join(import.meta.dirname, 'host.js') },
    plugins: [
      new rspack.DefinePlugin({ MANAGER_ORIGINS: JSON.stringify(manager) }),
      new rspack.container.ModuleFederationPluginV1({
        name: 'host',
        remotes: { fleet_assistant: 'fleet_assistant@/remote/remoteEntry.js' },
        remoteType: 'script',
        shared,
      }),
    ],
  })
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Standin</title><div id="root"></div><script src="/host/main.js"></script></html>',
  )
  return folder
}

function base(folder: string, part: string): Configuration {
  return {
    context: root,
    mode: 'production',
    target: ['web', 'es2023'],
    devtool: false,
    output: { path: join(folder, part), publicPath: `/${part}/`, uniqueName: part, clean: true },
    resolve: {
      conditionNames: ['@standin/source', 'import', 'default'],
      extensions: ['.ts', '.tsx', '.js'],
    },
    module: {
      rules: [
        { test: /\.css$/, type: 'css' },
        {
          test: /\.tsx?$/,
          loader: 'builtin:swc-loader',
          options: {
            jsc: {
              parser: { syntax: 'typescript', tsx: true },
              transform: { react: { runtime: 'automatic' } },
              target: 'es2022',
            },
          },
          type: 'javascript/auto',
        },
      ],
    },
  }
}

function build(configuration: Configuration): Promise<void> {
  const compiler = rspack(configuration)
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      compiler.close(() => {
        if (error) reject(error)
        else if (stats?.hasErrors()) reject(new Error(stats.toString({ preset: 'errors-only', colors: false })))
        else resolve()
      })
    })
  })
}
