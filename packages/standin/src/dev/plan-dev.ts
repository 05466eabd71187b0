import { join, resolve } from 'node:path'
import type { Environment } from '../config/environment-schema.ts'
import { serverSettings } from './server-settings.ts'

export interface DevOptions {
  /** The project's folder. */
  root: string
  /** The server's main file. */
  server: string
  /** The app's folder: where Vite runs, and where `manifest.ts` is. */
  app: string
  /** The file of this program, as in its command line: a second start looks for it. */
  program: string
  environment: Environment
  /** Loads what the server would load. @throws Error that names the file, the line and the mistake */
  checkSources: () => Promise<void>
  /** Whether an account has the app, by the server's database. */
  isInstalled: (environment: Environment) => Promise<boolean>
  print: (line: string) => void
  say: (line: string) => void
}

/** The folders, ports and addresses of one start. */
export type DevPlan = ReturnType<typeof planDev>

export function planDev({ root, environment }: DevOptions) {
  // An empty setting counts as none, as it does for the server.
  const dataDir = resolve(root, environment.STANDIN_DATA_DIR || '.standin')
  const ports = {
    manager: Number(environment.SIMULATOR_PORT || 4100),
    server: Number(environment.PORT || 4000),
    app: Number(environment.IRIS_APP_PORT || 4200),
  }
  const addresses = {
    manager: `http://127.0.0.1:${ports.manager}`,
    server: `http://127.0.0.1:${ports.server}`,
    app: `http://localhost:${ports.app}`,
  }
  return {
    dataDir,
    ports,
    addresses,
    manifest: join(dataDir, 'manifest.json'),
    clockUrl: `${addresses.manager}/control/clock`,
    /** The server's. */
    settings: { ...environment, ...serverSettings({ dataDir, ports, addresses, given: environment }) },
  }
}
