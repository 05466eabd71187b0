import type { LifecycleExtensionManifest } from '@trackunit/iris-app-api'

/** Tells the server when an account has installed or uninstalled the app. The callback brings the credentials, not this. */
export default {
  id: 'standin-lifecycle-extension',
  type: 'APP_LIFECYCLE_EXTENSION',
  sourceRoot: 'extensions/lifecycle-extension/src',
} satisfies LifecycleExtensionManifest
