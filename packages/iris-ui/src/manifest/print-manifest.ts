import { documentedScopes, problemsInApp, type StandinApp } from '@standin/contracts'
import { irisAppManifest } from './iris-app-manifest.ts'
import { publishedDependencies } from './published-dependencies.ts'
import { undocumentedScopes } from './undocumented-scopes.ts'

/**
 * Prints the app's manifest as JSON on standard output, and what is wrong with it on standard error.
 * @param environment `STANDIN_SERVER_URL` (by default the origin of the callback's address) and `CALLBACK_PATH_SECRET`
 */
export function printManifest(app: StandinApp, environment: Readonly<Record<string, string | undefined>>): void {
  try {
    process.stdout.write(`${JSON.stringify(manifestOf(app, environment), null, 2)}\n`)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'The manifest could not be made.'}\n`)
    process.exitCode = 1
  }
}

function manifestOf(app: StandinApp, environment: Readonly<Record<string, string | undefined>>) {
  const problems = problemsInApp(app)
  if (problems.length > 0) throw new Error(problems.map((problem) => `standin.config.ts: ${problem}.`).join('\n'))
  for (const scope of undocumentedScopes(app, documentedScopes))
    process.stderr.write(`The scope ${scope} is not among those that Trackunit documents. Check its spelling.\n`)

  return irisAppManifest(app, {
    serverUrl: environment.STANDIN_SERVER_URL ?? new URL(app.callbackUrl).origin,
    callbackPathSecret: environment.CALLBACK_PATH_SECRET,
    dependencies: publishedDependencies(import.meta.dirname),
    devDependencies: {},
  })
}
