import { missingBrowser } from './browser.ts'
import { buildOnce } from './built-app.ts'

/** Before the first test: two files at once would each build it, and take away the other's. */
export default async function setup(): Promise<void> {
  if (!missingBrowser) await buildOnce()
}
