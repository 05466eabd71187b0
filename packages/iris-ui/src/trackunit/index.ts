export { createExtension } from './create-extension.tsx'
export { appInstalled, appUninstalled } from './lifecycle.ts'
export { useTrackunitHost } from './use-trackunit-host.ts'
