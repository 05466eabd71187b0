export type { IrisAppManifest } from '../stand-in/iris-app-api.ts'
export { irisAppManifest, type ManifestEnvironment } from './iris-app-manifest.ts'
export { printManifest } from './print-manifest.ts'
