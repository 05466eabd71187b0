import { defineConfig } from 'tsdown'

/**
 * The PostgreSQL driver is bundled in: it is a corrected one (`patches/`), and a patch does not travel in a package. So is
 * Drizzle: its 200 files, whose exports Node reads again for each, took more than half of a command's time. Both stay
 * dependencies, so that a list of what a server runs has them. The files lie as deep as the sources do: from there the
 * migrations are found.
 */
export default defineConfig({
  entry: {
    'src/index': 'src/index.ts',
    'src/embedded-postgres': 'src/database/embedded-postgres/index.ts',
    'src/fleet': 'src/fleet/index.ts',
    'src/moved-date': 'src/dev/moved-date.ts',
    'src/testing': 'src/testing/index.ts',
    'bin/standin': 'bin/standin.ts',
  },
  outputOptions: { chunkFileNames: 'src/[name]-[hash].js' },
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
  dts: true,
  fixedExtension: false,
  // Makers who have only npm read them there.
  copy: [{ from: '../../docs/*.md', to: 'dist/docs' }],
  deps: {
    alwaysBundle: ['postgres', /^drizzle-orm(\/|$)/],
    // The other one is types, read by `defineMessages`.
    onlyBundle: ['postgres', 'drizzle-orm', '@schummar/icu-type-parser'],
    // The driver's types cannot be bundled, and the public ones do without them.
    dts: { neverBundle: ['postgres'] },
  },
  plugins: [
    { name: 'app-styles', load: loadAppStyles },
    { name: 'without-unused-imports', renderChunk: withoutUnusedImports },
  ],
})

/** A package has no sources of the app beside it: what the module reads of them becomes part of it. */
async function loadAppStyles(id: string): Promise<string | undefined> {
  if (!id.endsWith('/src/console/app-styles.ts')) return undefined
  const { appStyles } = await import('./src/console/app-styles.ts')
  return `export const appStyles: string = ${JSON.stringify(appStyles)}`
}

/** Declarations keep the imports of what was left out of them, which a maker's project may not have. */
function withoutUnusedImports(code: string, { fileName }: { fileName: string }): string | undefined {
  if (!fileName.endsWith('.d.ts')) return undefined
  return code.replaceAll(/^import (?:\{ ([^}]*) \} from )?["'][^"'.][^"']*["'];?\n/gm, (line, names?: string) => {
    const used = names?.split(', ').some((each) => {
      const name = each.split(' as ').at(-1)?.replaceAll('$', '\\$') ?? ''
      return (code.match(new RegExp(`(?<![\\w$])${name}(?![\\w$])`, 'g'))?.length ?? 0) > 1
    })
    return used ? line : ''
  })
}
