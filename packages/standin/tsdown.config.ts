import { defineConfig } from 'tsdown'

/**
 * The PostgreSQL driver is bundled in: it is a corrected one (`patches/`), and a patch does not travel in a package. The
 * files lie as deep as the sources do: from there the migrations are found.
 */
export default defineConfig({
  entry: {
    'src/index': 'src/index.ts',
    'src/embedded-postgres': 'src/database/embedded-postgres/index.ts',
    'src/fleet': 'src/fleet/index.ts',
    'src/testing': 'src/testing/index.ts',
    'bin/standin': 'bin/standin.ts',
  },
  outputOptions: { chunkFileNames: 'src/[name]-[hash].js' },
  platform: 'node',
  dts: false,
  fixedExtension: false,
  deps: { alwaysBundle: ['postgres'], onlyBundle: ['postgres'] },
})
