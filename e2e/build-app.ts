import { missingBrowser } from './browser.ts'
import { buildOnce } from './built-app.ts'

/** Builds the app before the first test: each file would build it otherwise. */
export default async function setup(): Promise<void> {
  if (!missingBrowser) await buildOnce()
}
