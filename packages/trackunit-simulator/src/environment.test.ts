import { expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

const least = { SIMULATOR_MANIFEST: '/somewhere/manifest.json' }

test('needs nothing but the manifest', () => {
  expect(readEnvironment({ ...least, PATH: '/bin', SIMULATOR_SEED: '' })).toEqual({
    port: 4100,
    callbackUrl: undefined,
    appUrl: 'http://localhost:4200/',
    fleetSize: 250,
    seed: 'trackunit',
    dataDir: undefined,
    manifestPath: '/somewhere/manifest.json',
  })
})

test('reports each problem on its own line', () => {
  const read = readEnvironment({
    NODE_ENV: 'production',
    SIMULATOR_PORT: '70000',
    SIMULATOR_FLEET_SIZE: 'many',
    SIMULATOR_APP_URL: 'ftp://localhost',
    SIMULATOR_FLEETSIZE: '3',
  })

  expect(read).toEqual({
    problems: [
      'this is a simulator; it refuses NODE_ENV=production',
      'SIMULATOR_FLEETSIZE is not known',
      "SIMULATOR_MANIFEST must name the file of the app's built manifest",
      'SIMULATOR_PORT must be a whole number from 0 to 65535',
      'SIMULATOR_APP_URL must be an http or https address',
      'SIMULATOR_FLEET_SIZE must be a whole number from 0 to 100000',
    ],
  })
})
