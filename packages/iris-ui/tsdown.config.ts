import { defineConfig } from 'tsdown'

/** File by file: an app loads each page when it is opened, and finds the style sheets and the stand-in beside them. */
export default defineConfig({
  entry: [
    'src/index.ts',
    'src/connection/first-answers.ts',
    'src/{trackunit,local,manifest,vite}/index.ts',
    // Not imported by its name: Vite puts it in the place of `@trackunit/*`.
    'src/stand-in/react-core-{contexts,hooks}.{ts,tsx}',
  ],
  unbundle: true,
  platform: 'neutral',
  tsconfig: 'tsconfig.build.json',
  dts: true,
  fixedExtension: false,
  deps: { neverBundle: [/^@trackunit\//, /^node:/] },
  copy: [{ from: 'src/**/*.css', to: 'dist', flatten: false }],
})
