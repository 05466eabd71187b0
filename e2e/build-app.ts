import { missingBrowser } from './browser.ts'
import { buildOnce } from './built-app.ts'

/** Builds the app before the first test: two files at once would each build it and delete the other's. */
export default async function setup(): Promise<void> {
  if (!missingBrowser) await buildOnce()
}
