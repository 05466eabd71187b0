import { readFileSync } from 'node:fs'
import { documentedScopes, standinAppSchema } from '@standin/contracts'
import app from '../../standin.config.ts'
import { irisAppManifest } from './iris-app-manifest.ts'
import { type PackageJson, publishedDependencies } from './published-dependencies.ts'
import { undocumentedScopes } from './undocumented-scopes.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const bundled = ['./package.json', '../../packages/iris-ui/package.json', '../../packages/client/package.json']

try {
  const checked = standinAppSchema.safeParse(app)
  if (!checked.success) {
    const gaps = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`standin.config.ts is not usable (${gaps.join('; ')})`)
  }
  for (const scope of undocumentedScopes(checked.data, documentedScopes)) {
    console.error(`The scope ${scope} is not among those that Trackunit documents. Check its spelling.`)
  }

  const manifest = irisAppManifest(checked.data, {
    serverUrl: process.env.STANDIN_SERVER_URL ?? new URL(checked.data.callbackUrl).origin,
    callbackPathSecret: process.env.CALLBACK_PATH_SECRET,
    dependencies: publishedDependencies(
      bundled.map((path): PackageJson => JSON.parse(read(path))),
      read('../../pnpm-workspace.yaml'),
    ),
    devDependencies: {},
  })
  process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`)
} catch (error) {
  console.error(error instanceof Error ? error.message : 'The manifest could not be made.')
  process.exitCode = 1
}
