import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
import app from '../../standin.config.ts'
import { firstJavaScript } from './first-javascript.ts'

const standIn = (file: string) => fileURLToPath(new URL(`./trackunit-stand-in/${file}`, import.meta.url))

/** Prints how much JavaScript the first render needs. */
const tellFirstJavaScript: Plugin = {
  name: 'tell-first-javascript',
  writeBundle(_options, bundle) {
    const { bytes } = firstJavaScript(Object.values(bundle))
    this.info(`First JavaScript: ${(bytes / 1_000).toFixed(1)} kB by Brotli.`)
  },
}

/** Preloads all of the first JavaScript in parallel instead of file by file, and preconnects to the server. */
const bringFirst: Plugin = {
  name: 'bring-first',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const first = bundle ? firstJavaScript(Object.values(bundle)).files : []
      const missing = first.filter((file) => !html.includes(file))
      return [
        { tag: 'link', attrs: { rel: 'preconnect', href: new URL(serverUrl).origin, crossorigin: true } },
        ...missing.map((file) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', href: `/${file}`, crossorigin: true },
        })),
      ]
    },
  },
}

/** The page's title, until a page of the app has its own. */
const titleOfApp: Plugin = {
  name: 'title-of-app',
  transformIndexHtml: () => [
    { tag: 'title', children: app.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;'), injectTo: 'head' },
  ],
}

/** Puts all imports of a file into one chunk: many small ones would wait for each other. */
function importsOf(entry: string) {
  let imports: Set<string> | undefined
  return (id: string, graph: ModuleGraph): boolean => {
    imports ??= importedBy(fileURLToPath(new URL(entry, import.meta.url)), graph)
    return imports.has(id)
  }
}

function importedBy(entry: string, graph: ModuleGraph): Set<string> {
  const found = new Set<string>()
  const open = [entry]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) {
      if (found.has(imported)) continue
      found.add(imported)
      open.push(imported)
    }
  }
  return found
}

interface ModuleGraph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null
}

const isOfManager = importsOf('./src/main.tsx')
const isOfFirst = importsOf('./src/page.tsx')
/** Modules of the handshake with Manager, and of the first page. */
const firstFiles = [
  { priority: 2, name: (id: string, graph: ModuleGraph) => (isOfManager(id, graph) ? 'manager' : null) },
  { priority: 1, name: (id: string, graph: ModuleGraph) => (isOfFirst(id, graph) ? 'first' : null) },
]

const serverUrl = process.env.STANDIN_SERVER_URL ?? 'http://127.0.0.1:4000'

/**
 * For development, tests and the simulated Manager. A real app is built by Trackunit's own workspace, which resolves
 * the `@trackunit/*` names itself and defines `STANDIN_SERVER_URL`.
 */
export default defineConfig(({ command }) => ({
  plugins: [react(), titleOfApp, tellFirstJavaScript, bringFirst],
  define: {
    STANDIN_SERVER_URL: JSON.stringify(serverUrl),
    MANAGER_ORIGINS: JSON.stringify(process.env.VITE_MANAGER_ORIGINS ?? 'http://127.0.0.1:4100'),
  },
  resolve: {
    conditions: ['@standin/source', ...defaultClientConditions],
    alias: {
      '@trackunit/react-core-contexts': standIn('react-core-contexts.tsx'),
      '@trackunit/react-core-hooks': standIn('react-core-hooks.ts'),
    },
  },
  // Opened as http://localhost:4200 while Manager is on 127.0.0.1, so that the frame has another origin, as in reality. Any
  // origin may read it, also "null", the origin of a frame without `allow-same-origin`.
  server: { host: '127.0.0.1', port: 4200, strictPort: true, cors: { origin: true } },
  preview: { host: '127.0.0.1', port: 4200, strictPort: true, cors: { origin: true } },
  build: {
    // A strict policy allows only scripts from the app's own origin, and no inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    rolldownOptions: { output: { codeSplitting: { groups: firstFiles } } },
    sourcemap: command === 'build',
  },
}))
