import { createSimulator } from '@standin/trackunit-simulator'
import { runPart } from '../scripts/part.ts'

interface Simulation {
  /** The server's address: callbacks go there, and the manifest lets the app call it. */
  server: string
  fleetSize?: number
  /** Where the app is served; omitted if it is not opened. */
  appOrigin?: string
  seed?: string
}

/** A simulated Trackunit in this process, for one server, with the settings that point the server to it. */
export async function startSimulatedTrackunit({
  server,
  fleetSize = 1,
  appOrigin = 'http://127.0.0.1:1',
  seed = 'e2e',
}: Simulation) {
  const environment = { STANDIN_SERVER_URL: server, CALLBACK_PATH_SECRET: 'none' }
  const simulation = await createSimulator({
    port: 0,
    fleetSize,
    seed,
    appUrl: `${appOrigin}/`,
    callbackUrl: `${server}/trackunit/callback`,
    manifest: JSON.parse(await runPart(['apps/iris-app/manifest.ts'], { environment })),
  })
  const { url } = await simulation.listen()
  return {
    url,
    settings: {
      CALLBACK_PATH_SECRET: 'none',
      TRACKUNIT_JWKS_URL: `${url}/api/marketplace/jwks`,
      TRACKUNIT_TOKEN_URL: `${url}/apptoken`,
      TRACKUNIT_API_URL: url,
      MANAGER_APP_URL: `${url}/`,
    },
    close: () => simulation.close(),
  }
}
