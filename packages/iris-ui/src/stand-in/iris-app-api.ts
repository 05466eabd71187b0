/**
 * Stands in for `@trackunit/iris-app-api`, which is not on the public registry: the documented shape of a manifest.
 * What the documentation does not show is left out or marked as a guess.
 */
export interface IrisAppManifest {
  specVersion: '1.1'
  /** The app's name including the workspace; the callback calls it `irisAppId`. */
  moduleFederationName: string
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  /** The addresses that the app calls, by CSP directive; `sandbox` requests more rights for the frame. */
  cspHeader: { 'connect-src'?: string[]; sandbox?: string[] }
  /** A guess: a list of features, none of which Standin needs. */
  permissionsPolicy: string[]
  scopes: { scope: string; optional: boolean }[]
  tokenCallback: { url: string }
  installation: {
    accountIds: 'ALL_ACCOUNTS' | string[]
    excludeAccountIds?: string[]
    allowOrganizationIds?: string[]
    pricingPlanPolicy: Record<string, string>
  }
  marketplace: {
    showInMarketplace: boolean
    name: string
    description: string
    fullDescriptionPath: string
    tags: string[]
    categories: string[]
  }
  extensions: (FleetExtensionManifest | LifecycleExtensionManifest)[]
}

export interface FleetExtensionManifest {
  id: string
  type: 'FLEET_EXTENSION'
  sourceRoot: string
  menuItem: { name: string; icon: string }
}

/** The name of the type is a guess: the extension point is documented, its manifest is not. */
export interface LifecycleExtensionManifest {
  id: string
  type: 'APP_LIFECYCLE_EXTENSION'
  sourceRoot: string
}

export type IrisAppLifecycleAppInstalled = (appToken: string, accountId: string) => Promise<void>
export type IrisAppLifecycleAppUninstalled = (appToken: string, accountId: string) => Promise<void>
