import type { LifecycleExtensionManifest } from '@trackunit/iris-app-api'

/** Notifies the server when an account installs or uninstalls the app. The credentials come with the callback, not with this. */
export default {
  id: 'standin-lifecycle-extension',
  type: 'APP_LIFECYCLE_EXTENSION',
  sourceRoot: 'extensions/lifecycle-extension/src',
} satisfies LifecycleExtensionManifest
