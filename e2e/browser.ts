import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** Flags that keep Chromium off the network and its screenshots reproducible; none that weakens the isolation of frames. */
const args = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-zygote',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Letters look the same whatever the machine's font settings.
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--force-color-profile=srgb',
]

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
]

const remedies = 'apt-get install chromium, npx playwright install chromium, or set CHROMIUM_PATH'

/** Why the browser tests are skipped; undefined if there is a browser. Under CI they are not skipped but fail. */
export const missingBrowser = await whyNoBrowser()

async function whyNoBrowser(): Promise<string | undefined> {
  const executablePath = await findChromium()
  if (!executablePath) return `no Chromium: ${remedies}`
  // One from npm needs libraries of the system (libnss3 and the like) that may be missing.
  const { status } = spawnSync(executablePath, ['--version'], { timeout: 120_000 })
  return status === 0 ? undefined : `${executablePath} does not start: ${remedies}`
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findChromium()
  if (!executablePath || missingBrowser) throw new Error(missingBrowser)
  // Chromium has no sandbox as root, and the one from npm has none at all. The frame's sandbox, which is tested, is unrelated.
  const hasSandbox = process.getuid?.() !== 0 && executablePath !== (await npmChromium())
  const browser = await chromium.launch({ executablePath, args, chromiumSandbox: hasSandbox })
  browser.on('context', (context) => context.setDefaultTimeout(60_000)) // The default of 30 s is short on a busy machine.
  return browser
}

async function findChromium(): Promise<string | undefined> {
  const given = process.env.CHROMIUM_PATH
  if (given) return given
  const installed = [...usualPlaces, chromium.executablePath()].find((path) => existsSync(path))
  if (installed) return installed
  return npmChromium()
}

/** Unpacked once into the temporary folder. Its default flags are not used, since they turn off origin checks. */
async function npmChromium(): Promise<string | undefined> {
  return process.platform === 'linux' && process.arch === 'x64' ? sparticuz.executablePath() : undefined
}
