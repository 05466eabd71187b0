import { defineConfig } from 'tsdown'

/**
 * Contracts are bundled in: one tarball, and no version of them that could differ from the client's. tRPC's types as
 * well, since its own name the types of `ws`, in a form that no version of these has: a consumer's `tsc` without
 * `skipLibCheck` would fail.
 */
export default defineConfig({
  entry: { index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' },
  platform: 'neutral',
  dts: true,
  fixedExtension: false,
  deps: {
    alwaysBundle: ['@standin/contracts', 'icu-minify'],
    onlyBundle: false,
    dts: { alwaysBundle: ['@standin/contracts', /^@trpc\//] },
  },
  // Nothing of it is used, but its bare import would stay behind.
  plugins: [
    {
      name: 'without-ws',
      renderChunk: (code) => code.replace(/^import ["']ws["'];?\n/m, ''),
    },
  ],
  inputOptions: { resolve: { conditionNames: ['@standin/source', 'import', 'default'] } },
})
