export type SimulatorEnvironment = {
  port: number
  callbackUrl: string | undefined
  appUrl: string
  fleetSize: number
  seed: string
  dataDir: string | undefined
  manifestPath: string
}

const names = [
  'SIMULATOR_PORT',
  'SIMULATOR_CALLBACK_URL',
  'SIMULATOR_APP_URL',
  'SIMULATOR_FLEET_SIZE',
  'SIMULATOR_SEED',
  'SIMULATOR_DATA_DIR',
  'SIMULATOR_MANIFEST',
] as const

type Name = (typeof names)[number]

/** Reads the environment, or reports what is wrong: one line per problem. */
export function readEnvironment(
  env: Record<string, string | undefined>,
): SimulatorEnvironment | { problems: string[] } {
  const problems: string[] = []
  const value = (name: Name) => env[name] || undefined

  function whole(name: Name, { usual, most }: { usual: number; most: number }): number {
    const text = value(name) ?? String(usual)
    if (/^\d+$/.test(text) && Number(text) <= most) return Number(text)
    problems.push(`${name} must be a whole number from 0 to ${most}`)
    return usual
  }

  function address(name: Name): string | undefined {
    const text = value(name)
    if (text === undefined || /^https?:$/.test(protocolOf(text))) return text
    problems.push(`${name} must be an http or https address`)
    return undefined
  }

  if (env.NODE_ENV === 'production') problems.push('this is a simulator; it refuses NODE_ENV=production')
  for (const name of Object.keys(env)) {
    if (name.startsWith('SIMULATOR_') && !names.some((known) => known === name)) problems.push(`${name} is not known`)
  }
  const manifestPath = value('SIMULATOR_MANIFEST') ?? ''
  if (manifestPath === '') problems.push("SIMULATOR_MANIFEST must name the file of the app's built manifest")

  const environment = {
    port: whole('SIMULATOR_PORT', { usual: 4100, most: 65_535 }),
    callbackUrl: address('SIMULATOR_CALLBACK_URL'),
    appUrl: address('SIMULATOR_APP_URL') ?? 'http://localhost:4200/',
    fleetSize: whole('SIMULATOR_FLEET_SIZE', { usual: 250, most: 100_000 }),
    seed: value('SIMULATOR_SEED') ?? 'trackunit',
    dataDir: value('SIMULATOR_DATA_DIR'),
    manifestPath,
  }
  return problems.length > 0 ? { problems } : environment
}

function protocolOf(address: string): string {
  return URL.canParse(address) ? new URL(address).protocol : ''
}
