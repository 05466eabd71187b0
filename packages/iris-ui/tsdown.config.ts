import { defineConfig } from 'tsdown'

/** File by file: an app loads each page when it is opened, and finds the style sheets and the stand-in beside them. */
export default defineConfig({
  entry: [
    'src/index.ts',
    'src/connection/first-answers.ts',
    'src/{trackunit,local,manifest,vite}/index.ts',
    // Not imported by their names: Vite puts them in the place of `@trackunit/*` and of what React has itself.
    'src/stand-in/{react-core-{contexts,hooks},use-sync-external-store}.{ts,tsx}',
  ],
  unbundle: true,
  platform: 'neutral',
  tsconfig: 'tsconfig.build.json',
  dts: true,
  fixedExtension: false,
  deps: { neverBundle: [/^@trackunit\//, /^node:/] },
  copy: [{ from: 'src/**/*.css', to: 'dist', flatten: false }],
})
