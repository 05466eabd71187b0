import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type Plugin } from 'vite'
import { firstJavaScript } from './first-javascript.ts'

const standIn = (file: string) => fileURLToPath(new URL(`./trackunit-stand-in/${file}`, import.meta.url))

/** Says how much has to arrive before the first picture. */
const tellFirstJavaScript: Plugin = {
  name: 'tell-first-javascript',
  writeBundle(_options, bundle) {
    const { bytes } = firstJavaScript(Object.values(bundle))
    this.info(`First JavaScript: ${(bytes / 1_000).toFixed(1)} kB by Brotli.`)
  },
}

/**
 * For development, tests and the simulated Manager. A real app is built by Trackunit's own workspace, which resolves
 * the `@trackunit/*` names itself and defines `STANDIN_SERVER_URL`.
 */
export default defineConfig(({ command }) => ({
  plugins: [react(), tellFirstJavaScript],
  define: {
    STANDIN_SERVER_URL: JSON.stringify(process.env.STANDIN_SERVER_URL ?? 'http://127.0.0.1:4000'),
    MANAGER_ORIGINS: JSON.stringify(process.env.VITE_MANAGER_ORIGINS ?? 'http://127.0.0.1:4100'),
  },
  resolve: {
    conditions: ['@standin/source', ...defaultClientConditions],
    alias: {
      '@trackunit/react-core-contexts': standIn('react-core-contexts.tsx'),
      '@trackunit/react-core-hooks': standIn('react-core-hooks.ts'),
    },
  },
  // Opened as http://localhost:4200, since the Manager stands on 127.0.0.1: the frame has to be of another origin, as it
  // really is. Any origin may read it, also "null", that of a frame without `allow-same-origin`.
  server: { host: '127.0.0.1', port: 4200, strictPort: true, cors: { origin: true } },
  preview: { host: '127.0.0.1', port: 4200, strictPort: true, cors: { origin: true } },
  build: {
    // A strict policy allows scripts of the app's own origin and nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    sourcemap: command === 'build',
  },
}))
