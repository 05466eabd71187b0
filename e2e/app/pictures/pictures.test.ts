import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pixelmatch from 'pixelmatch'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { emailOf } from '../../../packages/standin/src/deliveries/email-of-result.ts'
import { freePort, root } from '../../../scripts/part.ts'
import { launchBrowser, missingBrowser } from '../../browser.ts'
import { serveBuiltApp } from '../../built-app.ts'
import { startSimulatedTrackunit } from '../../simulated-trackunit.ts'
import { account, answers, endedRun, goingRun, now } from './answers.ts'
import { emailUrls, sentResult } from './sent-result.ts'

/** The share of pixels that may differ: releases of Chromium draw the edges of letters differently. A line of text is more. */
const tolerated = 0.002
/** How to update the screenshots is in CONTRIBUTING.md. */
const areRenewed = process.env.RENEW_PICTURES === 'yes'
const seenFolder = join(root, 'node_modules/.cache/pictures')
const font = readFile(
  fileURLToPath(import.meta.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2')),
  'base64',
)

describe.skipIf(missingBrowser && !process.env.CI)('looks as before', () => {
  const open: AsyncDisposable[] = []
  let browser: Browser
  let manager: string
  let server: string
  beforeAll(async () => {
    const [port, serverPort] = [await freePort(), await freePort()]
    server = `http://127.0.0.1:${serverPort}` // Nothing listens there: its answers are in answers.ts.
    const trackunit = await startSimulatedTrackunit({ server, appOrigin: `http://localhost:${port}` })
    manager = trackunit.url
    open.push({ [Symbol.asyncDispose]: () => trackunit.close() }, await serveBuiltApp({ port, server, manager }))
    browser = await launchBrowser()
    open.push({ [Symbol.asyncDispose]: () => browser.close() })
  })
  afterAll(async () => {
    for (const each of open.toReversed()) await each[Symbol.asyncDispose]()
  })

  test.for([
    ['overview', '/', 'light', { width: 1580, height: 1400 }, 'What would change'],
    ['overview-on-a-phone', '/', 'dark', { width: 390, height: 1400 }, 'What would change'],
    ['result', `/runs/${endedRun}`, 'dark', { width: 1860, height: 1400 }, 'Excavator EX-1011'],
    ['run', `/runs/${goingRun}`, 'light', { width: 820, height: 900 }, 'List the machines'],
  ] as const)('%s', async ([name, address, colorScheme, viewport, sees]) => {
    const special: BrowserContextOptions = { colorScheme, viewport, reducedMotion: 'reduce' }
    const page = await (await browser.newContext(special)).newPage()
    const unanswered = await answerFrom(page, server)
    await page.clock.setFixedTime(now)
    await page.goto(`${manager}/?account=${account}`)
    const app = page.frameLocator('#app')
    await app.locator('main').waitFor()
    const frame = page.frames().at(-1)
    await frame?.evaluate((hash) => location.assign(hash), `#${address}`)
    await app.getByText(sees).first().waitFor()
    await frame?.evaluate(drawWithFont, await font)

    const seen = await page.locator('#app').screenshot({ animations: 'disabled', caret: 'hide' })
    expect(unanswered).toEqual([])
    await comparePicture(name, seen)
    // What a screen reader has of the page that people live in.
    if (name === 'result')
      await compareText('result.aria.txt', (await app.locator('main').ariaSnapshot()).replaceAll(manager, ''))
    await page.context().close()
  })

  test('an email, at both widths and in both colours', async () => {
    const page = await browser.newPage()
    await page.setContent(emailOf(sentResult, { appName: 'Standin', ...emailUrls }).html)
    await page.evaluate(drawWithFont, await font)
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [390, 700]) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
        await comparePicture(`email-${width}-${colorScheme}`, await page.screenshot({ fullPage: true }))
      }
    await page.close()
  })
})

/** Answers from answers.ts, in place of a server. @returns the procedures without an answer there */
async function answerFrom(page: Page, server: string): Promise<string[]> {
  const unanswered: string[] = []
  // Like Manager's token; its content is not used.
  await page.route('**/control/user-token', (route) => route.fulfill({ json: { token: 'a.user.token' } }))
  await page.route(`${server}/trpc/**`, async (route) => {
    const { pathname, searchParams } = new URL(route.request().url())
    const paths = pathname.replace('/trpc/', '').split(',')
    if (/installation\.watch|run\.events/.test(pathname)) return
    const inputs = JSON.parse(searchParams.get('input') ?? '{}')
    const results = paths.map((path, index) => {
      const answer = answers[path]
      if (!answer) unanswered.push(path)
      return { result: { data: answer?.(searchParams.has('batch') ? inputs[index] : inputs) ?? null } }
    })
    const headers = { 'access-control-allow-origin': '*' }
    await route.fulfill({ json: searchParams.has('batch') ? results : results[0], headers })
  })
  return unanswered
}

/** The app's first choice of font, so that letters look the same on every machine. */
async function drawWithFont(base64: string): Promise<void> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
  const inter = await new FontFace('Inter', bytes, { weight: '100 900' }).load()
  document.fonts.add(inter)
  await document.fonts.ready
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
}

async function compareText(name: string, heard: string): Promise<void> {
  const file = join(import.meta.dirname, name)
  if (areRenewed) return writeFile(file, `${heard}\n`)
  expect(`${heard}\n`).toBe(await readFile(file, 'utf8'))
}

async function comparePicture(name: string, seen: Buffer): Promise<void> {
  const file = join(import.meta.dirname, `${name}.png`)
  if (areRenewed) return writeFile(file, seen)
  if (!existsSync(file)) throw new Error(`There is no screenshot ${name} yet: see CONTRIBUTING.md.`)
  const [before, after] = [PNG.sync.read(await readFile(file)), PNG.sync.read(seen)]
  const { width, height } = before
  expect({ width: after.width, height: after.height }).toEqual({ width, height })
  const difference = new PNG({ width, height })
  const pixels = pixelmatch(before.data, after.data, difference.data, width, height, { threshold: 0.2 })
  if (pixels / (width * height) <= tolerated) return
  await mkdir(seenFolder, { recursive: true })
  await writeFile(join(seenFolder, `${name}.png`), seen)
  await writeFile(join(seenFolder, `${name}.difference.png`), PNG.sync.write(difference))
  const share = ((100 * pixels) / (width * height)).toFixed(2)
  throw new Error(`${name} differs in ${share} % of its pixels: the new screenshot is in ${seenFolder}`)
}
