import { defineConfig } from 'tsdown'

/** Contracts are bundled in: one tarball, and no version of them that could differ from the client's. */
export default defineConfig({
  entry: { index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' },
  platform: 'neutral',
  dts: true,
  fixedExtension: false,
  deps: { alwaysBundle: ['@standin/contracts'] },
  inputOptions: { resolve: { conditionNames: ['@standin/source', 'import', 'default'] } },
})
