import { existsSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** Flags that keep Chromium off the network; none that weakens what a frame of another origin may do. */
const args = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-zygote',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
]

/** Why the browser tests are skipped; undefined where there is a browser. Under CI they are not skipped but fail. */
export const missingBrowser = (await findChromium())
  ? undefined
  : 'no Chromium: apt-get install chromium, npx playwright install chromium, or set CHROMIUM_PATH'

export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findChromium()
  if (!executablePath) throw new Error(missingBrowser)
  // Chromium refuses its sandbox to root; the frame's own sandbox, which is tested, is another thing.
  return chromium.launch({
    executablePath,
    args,
    chromiumSandbox: process.getuid?.() !== 0 && !executablePath.includes('tmp'),
  })
}

async function findChromium(): Promise<string | undefined> {
  const given = process.env.CHROMIUM_PATH
  if (given) return given
  const installed = [...usualPlaces, chromium.executablePath()].find((path) => existsSync(path))
  if (installed) return installed
  // From npm; unpacked into the temporary folder, once. Its own flags are not used: they switch off origin checks.
  return process.platform === 'linux' && process.arch === 'x64' ? sparticuz.executablePath() : undefined
}
