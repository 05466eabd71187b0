import type { IrisAppLifecycleAppInstalled, IrisAppLifecycleAppUninstalled } from '@trackunit/iris-app-api'
import { environment } from '../../../src/environment.ts'
import { sendLifecycleSignal } from './send-lifecycle-signal.ts'

// Trackunit calls these when an account installs or uninstalls the app. Whether they may make requests, and whether they are
// called again after a failure, is not documented; the server depends on neither.

export const appInstalled: IrisAppLifecycleAppInstalled = (appToken, accountId) =>
  sendLifecycleSignal('INSTALLED', { appToken, accountId, serverUrl: environment.serverUrl, fetch })

export const appUninstalled: IrisAppLifecycleAppUninstalled = (appToken, accountId) =>
  sendLifecycleSignal('UNINSTALLED', { appToken, accountId, serverUrl: environment.serverUrl, fetch })
