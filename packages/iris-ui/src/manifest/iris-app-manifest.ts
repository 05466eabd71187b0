import type { StandinApp } from '@standin/contracts'
import type { FleetExtensionManifest, IrisAppManifest, LifecycleExtensionManifest } from '../stand-in/iris-app-api.ts'

export interface ManifestEnvironment {
  /** The origin that the app calls. */
  serverUrl: string
  /** `CALLBACK_PATH_SECRET`: one secret, two (comma-separated) while it is being changed, or `none`. */
  callbackPathSecret: string | undefined
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}

/**
 * The manifest that Trackunit reads: the scopes that the app asks for, and the address of the install callback.
 *
 * @throws Error with one line if the callback's address would be guessable and nobody asked for that
 * @see IrisAppManifest of `@trackunit/iris-app-api`
 */
export function irisAppManifest(app: StandinApp, environment: ManifestEnvironment): IrisAppManifest {
  return {
    specVersion: '1.1',
    moduleFederationName: app.id,
    dependencies: environment.dependencies,
    devDependencies: environment.devDependencies,
    // Downloads are links to the server; without this sandbox feature, the app offers the links for copying.
    cspHeader: { 'connect-src': [originOf(environment.serverUrl)], sandbox: ['allow-downloads'] },
    permissionsPolicy: [],
    scopes: app.scopes.map(({ scope, optional }) => ({ scope, optional })),
    tokenCallback: { url: callbackUrl(app.callbackUrl, environment.callbackPathSecret) },
    installation: { accountIds: 'ALL_ACCOUNTS', pricingPlanPolicy: { ALL_PLANS: 'ON_DEMAND' } },
    marketplace: {
      showInMarketplace: true,
      name: app.name,
      description: app.description,
      fullDescriptionPath: 'description.md',
      tags: [],
      categories: [],
    },
    extensions: [fleetExtension(app), lifecycleExtension],
  }
}

/** Where the app appears in Manager: as an entry of the side menu. */
const fleetExtension = ({ name }: StandinApp): FleetExtensionManifest => ({
  id: 'standin-fleet-extension',
  type: 'FLEET_EXTENSION',
  sourceRoot: 'extensions/fleet-extension/src',
  menuItem: { name, icon: 'ClockIcon' },
})

/** Notifies the server when an account installs or uninstalls the app. */
const lifecycleExtension: LifecycleExtensionManifest = {
  id: 'standin-lifecycle-extension',
  type: 'APP_LIFECYCLE_EXTENSION',
  sourceRoot: 'extensions/lifecycle-extension/src',
}

function callbackUrl(base: string, pathSecret: string | undefined): string {
  const secrets = (pathSecret ?? '').split(',').map((secret) => secret.trim())
  const newest = secrets[0]
  if (!newest) {
    throw new Error(
      'CALLBACK_PATH_SECRET is missing: the callback address in the manifest ends with it. Set it, or set it to "none".',
    )
  }
  if (newest === 'none') return base
  if (!/^[\w-]+$/.test(newest)) {
    throw new Error(
      'CALLBACK_PATH_SECRET may only have letters, digits, "-" and "_", because it is part of an address.',
    )
  }
  return `${base.replace(/\/+$/, '')}/${newest}`
}

function originOf(serverUrl: string): string {
  if (!URL.canParse(serverUrl)) throw new Error('STANDIN_SERVER_URL is not a valid URL.')
  return new URL(serverUrl).origin
}
