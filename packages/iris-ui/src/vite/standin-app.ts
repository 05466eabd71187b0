import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { StandinApp } from '@standin/contracts'
import { defaultClientConditions, type Plugin } from 'vite'
import { firstJavaScript } from './first-javascript.ts'
import { type ModuleGraph, neededBy } from './first-modules.ts'
import { firstShape } from './first-shape.ts'

export interface StandinAppOptions {
  /** Where the app finds its server; by default `STANDIN_SERVER_URL`, else http://127.0.0.1:4000. */
  serverUrl?: string
  /** The pages that may show the app, with commas; by default `MANAGER_ORIGINS`, else the simulator's. */
  managerOrigins?: string
}

/**
 * Serves and builds the app for development, tests and the simulated Manager: a stand-in takes the place of `@trackunit/*`.
 * The real app is built by Trackunit's own workspace, which resolves these names itself and defines `STANDIN_SERVER_URL`.
 * @param app what `standin.config.ts` exports
 */
export function standinApp(
  app: Pick<StandinApp, 'name'>,
  {
    // biome-ignore-start lint/style/noProcessEnv: a configuration of Vite is where its environment is read
    serverUrl = process.env.STANDIN_SERVER_URL ?? 'http://127.0.0.1:4000',
    managerOrigins = process.env.MANAGER_ORIGINS ?? 'http://127.0.0.1:4100',
    // biome-ignore-end lint/style/noProcessEnv: end
  }: StandinAppOptions = {},
): Plugin {
  let root = ''
  const first = firstGroups(() => join(root, 'index.html'))
  return {
    name: 'standin-app',
    // What a plugin returns goes before what the command line says.
    config: ({ server, preview, build }) => ({
      define: { STANDIN_SERVER_URL: JSON.stringify(serverUrl), MANAGER_ORIGINS: JSON.stringify(managerOrigins) },
      oxc: { jsx: { runtime: 'automatic' } },
      resolve: {
        conditions: [...conditionsOf(process), ...defaultClientConditions],
        alias: {
          '@trackunit/react-core-contexts': standIn('react-core-contexts'),
          '@trackunit/react-core-hooks': standIn('react-core-hooks'),
          // For React before 18.
          'use-sync-external-store/shim/index.js': standIn('use-sync-external-store'),
        },
        dedupe: ['react', 'react-dom'],
      },
      // Opened as http://localhost:4200 while Manager is on 127.0.0.1, so that the frame has another origin, as in reality.
      // Any origin may read it, also "null", the origin of a frame without `allow-same-origin`.
      server: { host: '127.0.0.1', port: server?.port ?? 4200, strictPort: true, cors: { origin: true } },
      preview: { host: '127.0.0.1', port: preview?.port ?? 4200, strictPort: true, cors: { origin: true } },
      build: {
        // A strict policy allows only scripts from the app's own origin, and no inline scripts.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        target: 'es2023',
        rolldownOptions: { output: { codeSplitting: { groups: first } } },
        sourcemap: build?.sourcemap ?? true,
      },
    }),
    configResolved(config) {
      root = config.root
    },
    transformIndexHtml: {
      order: 'post',
      // Preloads all of the first JavaScript in parallel instead of file by file, and preconnects to the server.
      handler(html, { bundle }) {
        const files = bundle ? firstJavaScript(Object.values(bundle)).files : []
        const missing = files.filter((file) => !html.includes(file))
        return {
          html: html
            .replace('<div id="root"></div>', `<div id="root">${firstShape}</div>`)
            // It asks Manager and the server, for which it needs no style sheet.
            .replace('<script type="module" ', '<script type="module" async '),
          tags: [
            // Until a page of the app has its own.
            { tag: 'title', children: app.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;') },
            { tag: 'meta', attrs: { name: 'viewport', content: 'width=device-width, initial-scale=1' } },
            { tag: 'meta', attrs: { name: 'color-scheme', content: 'light dark' } },
            { tag: 'link', attrs: { rel: 'preconnect', href: new URL(serverUrl).origin, crossorigin: true } },
            ...missing.map((file) => ({
              tag: 'link',
              attrs: { rel: 'modulepreload', href: `/${file}`, crossorigin: true },
            })),
          ],
        }
      },
    },
    writeBundle(_options, bundle) {
      const { bytes } = firstJavaScript(Object.values(bundle))
      this.info(`First JavaScript: ${(bytes / 1_000).toFixed(1)} kB by Brotli.`)
    },
  }
}

/** What Node was started with, as `--conditions=NAME`: packages that run as their sources are bundled as their sources. */
function conditionsOf({ execArgv, env }: Pick<NodeJS.Process, 'execArgv' | 'env'>): string[] {
  const given = [...execArgv, ...(env.NODE_OPTIONS ?? '').split(' ')]
  return given.flatMap((argument) => /^(?:--conditions|-C)=(\S+)$/.exec(argument)?.[1] ?? [])
}

/** Built, or as a source: the stand-in lies beside this folder. */
function standIn(name: string): string {
  const file = join(import.meta.dirname, '../stand-in', name)
  return ['.js', '.ts', '.tsx'].map((ending) => file + ending).find((path) => existsSync(path)) ?? file
}

/**
 * Puts the modules of the handshake with Manager into one chunk, those of the first words, of the first page, and of what
 * that needs at once into others: many small ones would wait for each other.
 */
function firstGroups(page: () => string) {
  let known: ReturnType<typeof firstModules> | undefined
  const sets = (graph: ModuleGraph) => (known ??= firstModules(page(), graph))
  // The bundler's own helpers would be a chunk of their own.
  const isFirst = (id: string, graph: ModuleGraph) => sets(graph).first.has(id) || id.endsWith('rolldown/runtime.js')
  return [
    { priority: 4, name: (id: string, graph: ModuleGraph) => (sets(graph).manager.has(id) ? 'manager' : null) },
    { priority: 3, name: (id: string, graph: ModuleGraph) => (sets(graph).words.has(id) ? 'words' : null) },
    { priority: 2, name: (id: string, graph: ModuleGraph) => (isFirst(id, graph) ? 'first' : null) },
    { priority: 1, name: (id: string, graph: ModuleGraph) => (sets(graph).soon.has(id) ? 'soon' : null) },
  ]
}

/** Says what is loaded at once, and stays in the entry for that. */
const opener = /\/local\/index\.[jt]s$/

/** What is brought with the first words, and for the first page. */
const broughtSoon = /\/(overview-parts|late-words)\.[jt]sx?$/
/** Draws the first words, without React. */
const speaker = /\/show-first-words\.[jt]s$/

function firstModules(page: string, graph: ModuleGraph) {
  const entries = graph.getModuleInfo(page)?.importedIds ?? []
  const imported = [...neededBy(entries, graph)]
  const loadedAtOnce = [...entries, ...imported.filter((id) => opener.test(id))].flatMap(
    (id) => graph.getModuleInfo(id)?.dynamicallyImportedIds ?? [],
  )
  const words = new Set(loadedAtOnce.filter((id) => speaker.test(id)).flatMap((id) => [id, ...neededBy([id], graph)]))
  const soon = [...words].flatMap((id) => graph.getModuleInfo(id)?.dynamicallyImportedIds ?? [])
  return {
    words,
    // With what the English texts share with other pages.
    soon: new Set([...soon.filter((id) => broughtSoon.test(id)), ...neededBy(soon, graph)]),
    manager: new Set(imported.filter((id) => !opener.test(id))),
    first: new Set([...loadedAtOnce, ...neededBy(loadedAtOnce, graph)]),
  }
}
