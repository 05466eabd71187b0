import { readFileSync } from 'node:fs'
import { documentedScopes, standinAppSchema } from '@standin/contracts'
import app from '../../standin.config.ts'
import { irisAppManifest } from './iris-app-manifest.ts'
import { undocumentedScopes } from './undocumented-scopes.ts'

const packageJson = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

try {
  const read = standinAppSchema.safeParse(app)
  if (!read.success) {
    const gaps = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`standin.config.ts is not usable (${gaps.join('; ')})`)
  }
  for (const scope of undocumentedScopes(read.data, documentedScopes)) {
    console.error(`The scope ${scope} is not among those that Trackunit documents. Check its spelling.`)
  }

  const manifest = irisAppManifest(read.data, {
    serverUrl: process.env.STANDIN_SERVER_URL ?? new URL(read.data.callbackUrl).origin,
    callbackPathSecret: process.env.CALLBACK_PATH_SECRET,
    dependencies: packageJson.dependencies ?? {},
    devDependencies: packageJson.devDependencies ?? {},
  })
  process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`)
} catch (error) {
  console.error(error instanceof Error ? error.message : 'The manifest could not be made.')
  process.exitCode = 1
}
