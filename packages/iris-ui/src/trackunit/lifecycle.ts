import type { IrisAppLifecycleAppInstalled, IrisAppLifecycleAppUninstalled } from '../stand-in/iris-app-api.ts'
import { environment } from './environment.ts'
import { sendLifecycleSignal } from './send-lifecycle-signal.ts'

// Trackunit calls these when an account installs or uninstalls the app. Whether they may make requests, and whether they are
// called again after a failure, is not documented; the server depends on neither.

/** Notifies the server that an account installed the app. The credentials come with the callback, not with this. */
export const appInstalled: IrisAppLifecycleAppInstalled = (appToken, accountId) =>
  sendLifecycleSignal('INSTALLED', { appToken, accountId, serverUrl: environment.serverUrl, fetch })

/** Notifies the server that an account uninstalled the app. */
export const appUninstalled: IrisAppLifecycleAppUninstalled = (appToken, accountId) =>
  sendLifecycleSignal('UNINSTALLED', { appToken, accountId, serverUrl: environment.serverUrl, fetch })
