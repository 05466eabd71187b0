import { connect, WindowMessenger } from 'penpal'
import { createConnectionCutter } from './cut-connections.ts'
import { managerOrigins } from './manager-origins.ts'

/** The methods that the simulated Manager offers to the app in its frame. */
export type Manager = {
  getToken(): Promise<string>
  getContext(): Promise<ManagerContext>
  navigateInHost(path: string): Promise<void>
  toast(message: { title: string; kind: 'success' | 'info' }): Promise<void>
}

export interface ManagerContext {
  user: {
    id: string
    name: string
    language: string
    timeZone: string
    systemOfMeasurement: string
  }
  account: { id: string; name: string }
  /** The ids selected in Manager's filter bar. */
  filterBar?: { sites: string[] }
  /** What the frame keeps back. */
  downloads?: 'blocked'
  theme?: 'light' | 'dark'
}

const TIMEOUT_MS = 15_000

/** Connects to the page around the app's frame, and gets what the first render needs. */
async function connectToManager(): Promise<{
  manager: Manager
  context: ManagerContext
  firstToken: string | undefined
}> {
  if (window.parent === window) throw new Error('This page works inside Manager. Open it there.')

  const messenger = new WindowMessenger({ remoteWindow: window.parent, allowedOrigins: managerOrigins })
  const methods = { cutConnections: createConnectionCutter(globalThis, location.origin) }
  const manager = (await connect<Manager>({ messenger, methods, timeout: TIMEOUT_MS }).promise) as Manager
  const [context, firstToken] = await Promise.all([manager.getContext(), manager.getToken().catch(() => undefined)])
  wearTheme(context)
  return { manager, context, firstToken }
}

/** Before anything of the app is drawn. */
function wearTheme(context: ManagerContext): void {
  const theme = new URLSearchParams(location.search).get('theme') ?? context.theme
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
}

/** Once per page: an effect would connect, disconnect and connect again under StrictMode. */
export const managerConnection = connectToManager()
// The component that awaits this shows the error. Until then it is not an unhandled rejection.
managerConnection.catch(() => {})
