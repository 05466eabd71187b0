import { posix } from 'node:path'

/** Packages from top to bottom. `e2e`, `bench` and `scripts` may reach everything. */
const packages = [
  'apps/server, apps/iris-app',
  'packages/create-standin',
  'packages/iris-ui',
  'packages/standin, packages/client',
  'packages/contracts, packages/trackunit-simulator',
].map((row) => row.split(', '))

/** The folders of `packages/standin/src` from top to bottom. A file at the root is named as it is. */
const rooms = [
  'index.ts, serves-the-contract.ts, run-server.ts',
  'create-standin.ts',
  'wiring',
  'console',
  'operator',
  'dev, fleet, testing',
  'when-uninstalled.ts, signed-tables.ts',
  'callbacks',
  'deliveries',
  'schedules',
  'actions',
  'receivers',
  'results',
  'machines',
  'runs',
  'tokens',
  'accounts',
  'activity',
  'http',
  'access',
  'trackunit',
  'context.ts, background-loop.ts, look-for-work.ts, sweep.ts',
  'audit',
  'secrets',
  'database',
  'observability',
  'config',
  'version.ts, refusal.ts, clock.ts, within.ts, standin-error.ts',
].map((row) => row.split(', '))

/** Libraries that only one kind of file may use: their types and errors go no further. */
const libraries: ReadonlyArray<{ library: RegExp; only: RegExp }> = [
  { library: /^(drizzle-orm|postgres)(\/|$)/, only: /-(store|table)\.ts$|\/(database|doctor)\/|\/audit\/record\.ts$/ },
  { library: /^oauth4webapi$/, only: /\/token-endpoint\.ts$/ },
  { library: /^commander$/, only: /\/operator\// },
  { library: /^(tldts|email-providers)(\/|$)/, only: /\/domain-to-trust\.ts$/ },
  { library: /^nodemailer$/, only: /\/(send-email|check-machine)\.ts$/ },
  {
    library: /^(fastify|@fastify\/.*|@trpc\/server.*)$/,
    only: /-(route|procedures)\.ts$|\/http\/|\/(create-standin|serve-http|serves-the-contract)\.ts$/,
  },
]

const standin = 'packages/standin/src/'

/**
 * What a set of files imports that it must not.
 * @param files sources by their paths from the root, tests left out
 * @returns a line for each, with the two places
 */
export function wrongImports(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([from, source]) =>
    importsOf(source).flatMap((specifier) => {
      if (!specifier.startsWith('.')) return [...wrongPackage(from, specifier), ...wrongLibrary(from, specifier)]
      const to = posix.join(posix.dirname(from), specifier)
      // `standin.config.ts` stands at the root: everything reads it.
      if (to.includes('/') && packageOf(to) !== packageOf(from))
        return [`${from} reaches into ${to}: import the package by its name`]
      return from.startsWith(standin) ? wrongRoom(from, to) : []
    }),
  )
}

/** Files of one set that import each other in a circle, each as the files on it. */
export function importCircles(files: ReadonlyMap<string, string>): string[][] {
  const circles: string[][] = []
  const state = new Map<string, 'open' | 'done'>()
  const path: string[] = []
  function visit(file: string): void {
    if (state.get(file) === 'open') circles.push(path.slice(path.indexOf(file)))
    if (state.has(file)) return
    state.set(file, 'open')
    path.push(file)
    for (const specifier of importsOf(files.get(file) ?? ''))
      if (specifier.startsWith('.')) visit(posix.join(posix.dirname(file), specifier))
    path.pop()
    state.set(file, 'done')
  }
  for (const file of files.keys()) visit(file)
  return circles
}

/** Everything a module names in an import or a re-export, types and dynamic imports included. */
function importsOf(source: string): string[] {
  const named = /(?:^|[\s;}])(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g
  return [...source.matchAll(named)].map(([, specifier = '']) => specifier)
}

function wrongRoom(from: string, to: string): string[] {
  const [at, target] = [from, to].map((path) => rowOf(rooms, path.slice(standin.length).split('/')[0] ?? ''))
  if (at === undefined) return [`${from} stands in no room of the list in scripts/checks/layers.ts`]
  if (target === undefined)
    return to.startsWith(standin) ? [`${to} stands in no room of the list in scripts/checks/layers.ts`] : []
  return target < at ? [`${from} imports upwards: ${to}`] : []
}

const names: Readonly<Record<string, string>> = {
  standin: 'packages/standin',
  '@standin/contracts': 'packages/contracts',
  '@standin/client': 'packages/client',
  '@standin/iris-ui': 'packages/iris-ui',
  '@standin/trackunit-simulator': 'packages/trackunit-simulator',
}

function wrongPackage(from: string, specifier: string): string[] {
  const name = Object.keys(names).find((each) => specifier === each || specifier.startsWith(`${each}/`))
  const [home, target] = [packageOf(from), name && names[name]]
  if (!target || target === home) return []
  const [at, below] = [rowOf(packages, home), rowOf(packages, target)]
  const isDown = at !== undefined && below !== undefined && below > at
  const isSimulator = target === 'packages/trackunit-simulator'
  const uiBypass = home === 'packages/iris-ui' && target === 'packages/standin'
  // The server's router is compared with the client's types, and nothing of the client runs.
  if (from === `${standin}serves-the-contract.ts`) return []
  return isDown && !isSimulator && !uiBypass ? [] : [`${from} imports upwards: ${specifier}`]
}

const wrongLibrary = (from: string, specifier: string): string[] =>
  from.startsWith(standin)
    ? libraries
        .filter(({ library, only }) => library.test(specifier) && !only.test(from))
        .map(() => `${from} imports ${specifier}, which stops elsewhere`)
    : []

const rowOf = (rows: ReadonlyArray<readonly string[]>, name: string) => {
  const row = rows.findIndex((each) => each.includes(name))
  return row < 0 ? undefined : row
}

const packageOf = (path: string) => {
  const [first = '', second = ''] = path.split('/')
  return first === 'packages' || first === 'apps' ? `${first}/${second}` : first
}
