import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wholeTexts } from '../../packages/iris-ui/src/texts/whole-texts.ts'
import { missingBrowser } from '../browser.ts'
import { install } from '../stack.ts'
import { barriers, looks, show } from './barriers.ts'
import { measureFirstPaint } from './first-paint.ts'
import { focusOn, keysOf } from './keys.ts'
import { type AppInManager, type Manager, startApp } from './manager.ts'
import { movingParts } from './moving-parts.ts'
import { multiplyRows } from './multiply-rows.ts'

// The id determines the account's machines: with another id, too few may need attention for the search to appear.
const account = '6e0c2f7a-1b5d-4d83-9a46-c0f1e7b2d935'

describe.skipIf(missingBrowser && !process.env.CI)('each page of the app', () => {
  let app: AppInManager
  let manager: Manager
  let ids: Record<'run' | 'preview' | 'schedule', string>
  beforeAll(async () => {
    app = await startApp({ fleetSize: 101 })
    await install(app.stack, account)
    const run = await app.start(account, 'attention-list')
    await app.ended(run)
    const preview = await app.start(account, 'clear-stale-events', { mode: 'preview' })
    await app.ended(preview)
    const schedule = await app.planWeeklyList(account)
    ids = { run, preview, schedule }
    manager = await app.open({ account, frame: 'opaque' }) // The strictest frame that a host can use.
  })
  afterAll(async () => {
    await manager?.close()
    await app?.[Symbol.asyncDispose]()
  })

  test.for([
    ['the overview', '/', 'See machines and their data'],
    ['the catalogue', '/actions', 'What should Standin do?'],
    ['the form of the attention list', '/actions/attention-list', 'Start attention list'],
    ['the form of an action that changes data', '/actions/clear-stale-events', 'Show what would be dismissed'],
    [
      'the preview',
      '/actions/clear-stale-events/preview/:preview',
      /^Takes (about|less than) .+ You can stop at any time/,
    ],
    ['the map of the result', '/runs/:run?view=map', 'Outlines: Natural Earth'],
    ['an open row of the result', '/runs/:run?row=2', 'Open in Manager'],
    ['all results', '/runs', 'Everything that has run on this account, the latest first.'],
    ['the schedules', '/schedules', 'Runs that Standin starts automatically.'],
    ['the form of a schedule', '/schedules/new', 'Next five runs'],
    ['a schedule', '/schedules/:schedule', 'No run has finished yet.'],
    ['who may receive results', '/schedules/receivers', 'No one has confirmed yet.'],
    ['the activity', '/activity', 'Everything done on this account through Standin'],
    ['an unknown address', '/nowhere', 'There is nothing at this address.'],
  ] as const)(
    '%s is accessible in both themes, does not scroll sideways at any width, and survives a reload',
    async ([, path, sees]) => {
      const address = path.replace(/:(\w+)/, (_, name: 'run') => ids[name])
      await manager.visit(address)
      await manager.app.getByText(sees).first().waitFor()
      // 640 px is 1280 px at 200 % zoom; 820 px is a tablet.
      const more = [640, 820].map((width) => ({ theme: 'light', width }) as const)
      expect(await barriers(manager, [...looks, ...more, { theme: 'dark', width: 360 }])).toEqual([])
      await manager.reload()
      await manager.app.getByText(sees).first().waitFor()
      expect(await manager.frame().evaluate(() => location.hash)).toBe(`#${address}`)
      expect(manager.wrong).toEqual([])
    },
  )

  test('a row of a preview can be left out; its sentence and its button count the others', async () => {
    const { app: inside, visit } = manager
    await visit(`/actions/clear-stale-events/preview/${ids.preview}`)
    const button = inside.getByRole('button', { name: /^Dismiss [\d,]+ events?$/ })
    const counted = async () => Number(/[\d,]+/.exec((await button.textContent()) ?? '')?.[0].replace(',', ''))
    const counts = (number: number) => expect.poll(counted).toBe(number)
    const all = await counted()
    await inside
      .getByRole('checkbox', { name: /^Include / })
      .first()
      .uncheck()
    await inside.getByText('One is left out.').waitFor()
    await counts(all - 1)
    await inside
      .getByRole('heading', { name: `${all - 1} events would be dismissed. Nothing has changed yet.` })
      .waitFor()
    const { frame, reload, page } = manager
    await inside.locator('.list .mach').nth(1).click()
    await inside.locator('.panel h2').waitFor()
    await reload()
    await inside.locator('.panel h2').waitFor()
    await counts(all - 1)
    await inside.getByRole('link', { name: 'Schedules' }).click()
    await inside.getByText('Runs that Standin starts automatically.').waitFor()
    await page.evaluate(() => history.back())
    await inside.locator('.panel h2').waitFor()
    await counts(all - 1)
    await inside.getByRole('button', { name: 'Include all' }).click()
    await counts(all)
    await reload()
    await inside.locator('.panel h2').waitFor()
    await counts(all)
    expect(await frame().evaluate(() => location.hash)).toContain('row=')
  })

  test('the keyboard is enough to get from the installation to the result, its file and its machines', async () => {
    await app.stack.control('settings', { fleetSize: 250 }, 'PUT') // Enough machines for the search to appear.
    const fresh = await app.open({ account: randomUUID() })
    const { page, app: inside, frame } = fresh
    const keys = keysOf(page)
    await inside.getByText('We have not heard from Trackunit').waitFor()
    await keys.tabTo('Install')
    await keys.press('Enter')
    await inside.getByRole('heading', { name: /^(Checks your .*machines|Standin is working\. Nothing)/ }).waitFor()

    await keys.tabTo('Actions', { back: true })
    await keys.press('Enter')
    await inside.getByRole('link', { name: 'Set up Attention list' }).waitFor()
    await focusOn(frame(), '#main')
    await keys.tabTo('Set up Attention list')
    await keys.press('Enter')
    await inside.getByRole('button', { name: 'Start attention list' }).waitFor()
    await keys.tabTo('Silent after')
    expect(await frame().evaluate(descriptionOfFocused)).toEqual(['days', 'Machines that stopped reporting.'])
    await keys.type('none')
    await keys.tabTo('Start attention list')
    await keys.press('Enter')
    // The invalid field has the focus, with its error.
    await focusOn(frame(), '[aria-invalid=true]')
    await keys.type('2')
    await app.stack.control('settings', { apiLatencyMs: 4_000 }, 'PUT') // Longer than it takes to reach the button.
    await keys.tabTo('Start attention list')
    await frame().evaluate(noteAnnounced)
    await keys.press('Enter')

    await focusOn(frame(), 'h1')
    await keys.tabTo('Stop')
    await keys.press('Enter')
    await inside.getByRole('button', { name: 'Keep running' }).and(inside.locator(':focus')).waitFor()
    await keys.press('Escape')
    await inside.getByRole('button', { name: 'Stop', exact: true }).and(inside.locator(':focus')).waitFor()
    const shiftedBefore = await frame().evaluate(layoutShift)
    await app.stack.control('settings', { apiLatencyMs: 0 }, 'PUT')
    await inside.getByRole('heading', { name: /machines need attention/ }).waitFor()

    // The button that had the focus is gone. From the sentence, the list is two steps away, once it is there.
    await focusOn(frame(), 'h1')
    await inside.locator('[data-index="0"] .mach').waitFor()
    // Where a name takes two lines, a screen reader gets past it: each of a row's lines is a paragraph.
    expect(await inside.locator('.list [data-index="0"]').ariaSnapshot()).toMatch(
      /rowheader.*\n\s+- paragraph:\n\s+- link [\s\S]*\n\s+- paragraph: /,
    )
    // The live page became the result: at most 0.09, by how many findings it showed already. It was 0.28 and more.
    expect((await frame().evaluate(layoutShift)) - shiftedBefore).toBeLessThan(0.2)
    await keys.tabTo('Skip to the list', { most: 3 })
    await keys.press('Enter')
    await focusOn(frame(), '[data-index="0"] .mach')
    await keys.tabTo('Download CSV', { back: true, most: 60 })
    const download = page.waitForEvent('download')
    await keys.press('Enter')
    expect((await download).suggestedFilename()).toMatch(/\.csv$/)
    await inside.getByText(/\.csv is downloaded\./).waitFor()
    // Both headings had the focus and were read so: what they say is not announced as well.
    expect(await frame().evaluate(heardTwice)).toEqual([])
    expect(await inside.getByRole('button', { name: 'Copy link' }).count()).toBe(0)
    await keys.press('/')
    await expect.poll(keys.focused).toBe('Find a machine or word')
    await keys.tabTo('Why')
    const names = () => inside.locator('.mach').allTextContents()
    const unsorted = await names()
    await keys.press('Enter')
    await inside.locator('th[aria-sort=ascending]').waitFor()
    const sorted = async () => {
      const now = await names()
      return now.length === unsorted.length && now.join() !== unsorted.join() ? now : undefined
    }
    await expect.poll(sorted).toBeDefined()

    const [first = '', second = ''] = await names()
    await keys.tabTo(first)
    await keys.press('Enter')
    await focusOn(frame(), '.panel h2')
    await keys.tabTo('Next', { back: true })
    await keys.press('Enter')
    await inside.getByRole('heading', { name: second }).waitFor()
    await keys.press('Escape')
    await focusOn(frame(), '[data-index="1"] .mach')
    await keys.press('Enter')
    await keys.tabTo('Open in Manager')
    const [address, scrolled] = await frame().evaluate(() => [location.hash, scrollY])
    const inManager = await inside.locator('.panel a').getAttribute('href')
    expect(inManager).toMatch(new RegExp(`^${app.stack.simulator}/assets/[\\w-]+$`))
    await keys.press('Enter')
    await page.getByText('Manager’s own page of a simulated machine.').waitFor()
    await page.goBack()
    await inside.getByRole('heading', { name: second }).waitFor()
    expect(await fresh.frame().evaluate(() => location.hash)).toBe(address)
    await expect.poll(() => fresh.frame().evaluate(() => scrollY)).toBe(scrolled)
    // As someone else opens it who got the address.
    await page.goto(inManager ?? '')
    await page.getByText('Manager’s own page of a simulated machine.').waitFor()
    expect(fresh.wrong).toEqual([])
    await fresh.close()
    await app.stack.control('settings', { fleetSize: 101 }, 'PUT')
  })

  test('the form can use the choice of Manager’s own filter bar', async () => {
    const [chosen] = await app.stack.sql<{ site: string; machines: number }[]>`
      select site_id as site, count(*)::int as machines from machines
      where account_id = ${account} and site_id is not null group by site_id order by site_id limit 1`
    const fresh = await app.open({ account, site: chosen?.site ?? '' })
    await fresh.visit('/actions/attention-list')
    const choice = fresh.app.getByLabel('Saved choice')
    expect(await choice.inputValue()).toBe('all')
    await choice.selectOption({ label: 'As filtered in Manager' })
    await fresh.app.getByText(`${chosen?.machines} of 101 machines match.`).waitFor()
    expect(fresh.wrong).toEqual([])
    await fresh.close()
  })

  test('going back and reloading keep the page and its filters', async () => {
    const { page, app: inside, reload, visit } = manager
    await visit('/')
    await inside.getByRole('link', { name: 'Activity' }).click()
    await inside.getByLabel('Who', { exact: true }).selectOption({ label: 'People' })
    await inside.getByRole('link', { name: 'Schedules' }).click()
    await inside.getByText('Runs that Standin starts automatically.').waitFor()
    await page.evaluate(() => history.back())
    await inside.locator('[data-event]').first().waitFor()
    await reload()
    await inside.locator('[data-event]').first().waitFor()
    expect(await inside.getByLabel('Who', { exact: true }).inputValue()).toBe('people')
    await page.evaluate(() => history.back())
    await inside.getByText('Standin is working.').waitFor()
  })

  test('a frame that is loaded again while Manager looks for its token leaves no error in Manager', async () => {
    const fresh = await app.open({ account })
    const { page, frame, wrong } = fresh
    await page.addInitScript(() => {
      const send = MessagePort.prototype.postMessage
      MessagePort.prototype.postMessage = function (message, ...rest) {
        if (message?.methodPath?.[0] === 'getToken') Object.assign(globalThis, { hasAsked: true })
        Reflect.apply(send, this, [message, ...rest])
      }
    })
    const held = Promise.withResolvers<void>()
    await page.route('**/control/user-token', (route) => held.promise.then(() => route.continue()))
    await page.reload()
    await frame().waitForFunction(() => 'hasAsked' in globalThis)
    // The first word of a new page in the frame. Manager answers it, and no longer reaches the old one.
    await frame().evaluate(() => {
      const answered = new Promise((resolve) => {
        addEventListener('message', ({ data }) => data?.type === 'SYN' && resolve(undefined))
      })
      parent.postMessage({ namespace: 'penpal', type: 'SYN', participantId: 'zz' }, '*')
      return answered
    })
    const token = page.waitForResponse('**/control/user-token')
    held.resolve()
    await (await token).finished()
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    expect(wrong).toEqual([])
    await fresh.close()
  })

  test('a result keeps filters, open row and scroll through a reload and Back, and Back then leaves it', async () => {
    const { page, app: inside, frame, reload, visit } = manager
    await app.stack.control('settings', { fleetSize: 140 }, 'PUT')
    const run = await app.start(account, 'attention-list')
    await app.ended(run)
    await visit('/')
    await inside.locator(`a[href$="${run}"]`).click()
    const rows = inside.locator('tbody tr:has(.mach)')
    const fresh = rows.filter({ has: inside.getByText('New', { exact: true }) })
    await fresh.first().waitFor()
    expect(await fresh.count()).toBeLessThan(await rows.count())

    const bar = inside.locator('button.fbar', { hasText: /new/ }).first()
    const [reason, count] = [await bar.locator('bdi').textContent(), await bar.locator('b').textContent()]
    await bar.click()
    await inside
      .getByRole('status')
      .filter({ hasText: `${count} of` })
      .getByText(`${reason}`)
      .waitFor()
    expect(await bar.getAttribute('aria-pressed')).toBe('true')
    expect(await inside.getByLabel('Reason').locator('option:checked').textContent()).toContain(reason)
    await expect.poll(() => rows.count()).toBe(Number(count))
    await inside.getByRole('checkbox', { name: 'Only new' }).check()
    const areAllNew = async () => (await fresh.count()) > 0 && (await rows.count()) === (await fresh.count())
    await expect.poll(areAllNew).toBe(true)
    const shown = await rows.count()
    // The heading may have these words too: `21 of 140 machines`.
    const isOpen = inside.locator('.panel').getByText(`1 of ${shown}`)
    await rows.first().getByRole('link').click()
    await isOpen.waitFor()
    const opened = await frame().evaluate(() => location.hash)
    expect(opened).toMatch(/f\.reason=.*new=1.*row=1/)

    await reload()
    await isOpen.waitFor()
    expect(await fresh.count()).toBe(shown)
    expect(await inside.getByLabel('Reason').locator('option:checked').textContent()).toContain(reason)
    await inside.getByRole('link', { name: 'Schedules' }).click()
    await inside.getByText('Runs that Standin starts automatically.').waitFor()
    await page.evaluate(() => history.back())
    await isOpen.waitFor()
    expect(await frame().evaluate(() => location.hash)).toBe(opened)
    await page.evaluate(() => history.back())
    await inside.locator('.panel').waitFor({ state: 'detached' })
    await inside.getByRole('button', { name: /^Show all/ }).click()
    await focusOn(frame(), 'main h2') // The button is gone: its focus goes to the list.
    await expect.poll(() => rows.count()).toBeGreaterThan(shown)
    await frame().evaluate(() => scrollTo(0, 100))
    // A pointer of Playwright's would scroll to where the sticky link is without its stickiness.
    await inside.getByRole('link', { name: 'Schedules' }).dispatchEvent('click')
    await inside.getByText('Runs that Standin starts automatically.').waitFor()
    await expect.poll(() => frame().evaluate(() => scrollY)).toBe(0)
    await page.evaluate(() => history.back())
    await expect.poll(() => frame().evaluate(() => scrollY)).toBe(100)
    await page.evaluate(() => history.back())
    await inside.getByText('Standin is working.').waitFor()
    await app.stack.control('settings', { fleetSize: 101 }, 'PUT')
  })

  test.for([
    [1280, 420],
    [390, 560],
  ] as const)(
    'at %i px, a result opens with its first row within %i px, without any layout shift',
    async ([width, px]) => {
      const { app: inside, frame, reload, visit } = manager
      await show(manager, { theme: 'light', width })
      await visit(`/runs/${ids.run}`)
      await inside.locator('.list .mach').first().waitFor()
      await frame().evaluate(() => scrollTo(0, 0))
      await reload()
      const row = inside.locator('.list tbody tr').first()
      await row.waitFor()
      expect(await row.evaluate((element) => element.getBoundingClientRect().top)).toBeLessThan(px)
      await inside.getByRole('link', { name: 'Overview' }).waitFor()
      const tools = inside.locator('.tools > :visible')
      await tools.first().waitFor()
      const tops = await tools.evaluateAll((parts) => parts.map((part) => Math.round(part.getBoundingClientRect().top)))
      expect(new Set(tops).size).toBe(1) // One line.
      expect(await frame().evaluate(layoutShift)).toBe(0)
      await show(manager, { theme: 'light', width: 1280 })
    },
  )

  test('in high contrast, drawings have the colour of their text, and the chosen view stands out', async () => {
    const { page, app: inside, visit } = manager
    await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' })
    await show(manager, { theme: 'light', width: 390 })
    await visit(`/runs/${ids.run}`)
    await inside.locator('.seg').waitFor()
    const looks = await inside.locator('main').evaluate((main) => {
      const strange = [...main.querySelectorAll('svg.i')].filter(
        (drawing) => getComputedStyle(drawing).color !== getComputedStyle(drawing.parentElement ?? drawing).color,
      )
      const views = [...main.querySelectorAll('.seg button')].map((view) => getComputedStyle(view).backgroundColor)
      return { strange: strange.length, views: new Set(views).size }
    })
    expect(looks).toEqual({ strange: 0, views: 2 })
    await page.emulateMedia({ forcedColors: null, colorScheme: null })
    await show(manager, { theme: 'light', width: 1280 })
  })

  test('what the app is disappears with the first run, and its schedule is offered after it', async () => {
    const first = randomUUID()
    await install(app.stack, first)
    await app.stack.control('faults', { graphql: { delayMs: 1_000 }, rest: { delayMs: 1_000 } }, 'PUT')
    // Here the number of machines takes a line more.
    const dane = await app.open({ account: first, language: 'da-DK' })
    await dane.app.locator('main').waitFor()
    await show(dane, { theme: 'light', width: 430 })
    await dane.reload()
    await dane.app.getByRole('heading', { name: /^Tjekker jeres 101 maskiner/ }).waitFor()
    expect(await dane.frame().evaluate(layoutShift)).toBe(0)
    await dane.close()

    const { app: inside, close, wrong, reload, frame } = await app.open({ account: first })
    const beginning = inside.getByText(/^Checks your .*machines while you are away/)
    await inside.getByRole('heading', { name: /^Checks your 101 machines/ }).waitFor() // It came after the page.
    expect(await frame().evaluate(layoutShift)).toBe(0)
    await inside.getByRole('heading', { name: 'What it will read' }).waitFor()
    const heard = await inside.locator('main').ariaSnapshot()
    expect(heard.replace(/Nothing on .* changes/, 'Nothing on … changes')).toMatchInlineSnapshot(`
      "- main:
        - status
        - heading "Checks your 101 machines while you are away and tells you what needs attention." [level=1]
        - paragraph: The first check takes a few minutes. You can close this page.
        - button "Check my fleet now"
        - alert
        - paragraph: It only reads. Nothing on … changes.
        - region "What it will read":
          - heading "What it will read" [level=2]
          - list:
            - listitem:
              - paragraph: Your machines
              - paragraph: Name, serial number, type and site
            - listitem:
              - paragraph: Their last messages
              - paragraph: When each was last heard, and its position
            - listitem:
              - paragraph: Fuel, charge and data health
              - paragraph: The latest values, and problems that Trackunit sees
            - listitem:
              - paragraph: Service plans
              - paragraph: What is overdue"
    `)
    // Longer than it takes to look at the overview meanwhile.
    await app.stack.control('faults', { graphql: { delayMs: 5_000 }, rest: { delayMs: 5_000 } }, 'PUT')
    await inside.getByRole('button', { name: 'Check my fleet now' }).click()
    await inside.getByRole('progressbar').waitFor()
    await inside.getByRole('link', { name: 'Overview' }).click()
    await inside.getByText('There are no results yet.').waitFor()
    await beginning.waitFor({ state: 'detached' })
    await app.stack.control('faults', {}, 'PUT')
    const offer = inside.getByRole('region', { name: /^Every Monday at/ })
    await offer.waitFor()
    await inside.getByRole('heading', { name: /machines need attention/ }).waitFor()
    await offer.getByRole('button', { name: 'No thanks' }).click()
    await inside.getByRole('heading', { name: 'Standin is working. Nothing needs you.' }).waitFor()
    await focusOn(frame(), '#main')
    await reload()
    await inside.getByRole('link', { name: /machines need attention/ }).waitFor()
    expect(await offer.count()).toBe(0)
    expect(wrong).toEqual([])
    await close()
  })

  test('the server filters the activity, and the export has the rows that are shown', async () => {
    const { page, app: inside, visit } = manager
    await visit('/activity?who=trackunit')
    const row = inside.locator('[data-event]')
    await row.first().waitFor()
    expect(await row.count()).toBeGreaterThan(0)
    expect(await row.filter({ hasText: 'Ada Administrator' }).count()).toBe(0)
    const download = page.waitForEvent('download')
    await inside.getByRole('button', { name: 'Export' }).click()
    const rows = await row.count()
    await inside.getByText(`${rows} of ${rows} in the last 30 days`).waitFor()
    await inside.getByText(`${rows} ${rows === 1 ? 'entry' : 'entries'} exported.`).waitFor()
    const lines = (await readFile(await (await download).path(), 'utf8')).trimEnd().split('\r\n')
    expect(lines).toHaveLength(1 + rows)
    expect(lines.slice(1).every((line) => line.includes('trackunit:'))).toBe(true)
  })

  test('a file is downloaded, and never opened as a page of our origin', async () => {
    const { app: inside, visit, page, close } = await app.open({ account, downloads: 'blocked' })
    await visit(`/runs/${ids.run}`)
    await inside.getByRole('button', { name: /Download CSV/ }).click()
    const link = await inside.getByRole('textbox', { name: /link/i }).inputValue()
    const tab = await page.context().newPage()
    const download = tab.waitForEvent('download')
    await tab.goto(link).catch(() => {}) // A download is not a page.
    await download
    expect(tab.url()).toBe('about:blank')
    await tab.close()
    await close()
  })

  test('a page whose code is loaded renders at once', async () => {
    const fresh = await app.open({ account })
    await fresh.app.locator('.results, .reads').first().waitFor()
    await fresh.app.getByRole('link', { name: 'Actions', exact: true }).hover()
    const loaded = await fresh.frame().waitForFunction(() => {
      const files = performance.getEntriesByType('resource').map(({ name }) => name)
      return files.find((name) => name.includes('/action-pages-'))
    })
    // Until it is evaluated, too. A text, because the test runner would rewrite the import.
    await fresh.frame().evaluate(`import(${JSON.stringify(await loaded.jsonValue())}).then(() => {})`)
    const headings = await fresh.frame().evaluate(async (last) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const seen: Array<string | undefined> = []
      const look = () => {
        const now = document.querySelector('main h1')?.textContent
        if (seen.length === 0 || seen.at(-1) !== now) seen.push(now)
        if (now === last) resolve()
      }
      look()
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
      document.querySelector<HTMLElement>('nav a[href="#/actions"]')?.click()
      await promise
      return seen
    }, 'What should Standin do?')
    expect(headings).toHaveLength(2) // Nothing between the page before and this one.
    await fresh.close()
  })

  test('the page runs only its own code, and calls only its own server', async () => {
    const fresh = await app.open({ account })
    const asked = new Set<string>()
    fresh.page.on('request', (request) => {
      if (request.frame() === fresh.frame() && ['fetch', 'xhr', 'eventsource'].includes(request.resourceType()))
        asked.add(new URL(request.url()).origin)
    })
    for (const path of ['/actions', `/runs/${ids.run}`, '/schedules', '/activity', '/']) {
      await fresh.visit(path)
      await fresh.app.locator('h1').first().waitFor()
    }
    await fresh.app.getByText('See machines and their data').waitFor()
    // The same as in the manifest's `connect-src`, which has a test of its own.
    expect([...asked]).toEqual([app.stack.server])

    const refused = await fresh.frame().evaluate(async () => {
      const script = document.createElement('script')
      const attempts: Record<string, () => unknown> = {
        markup: () => document.body.insertAdjacentHTML('beforeend', '<i>in</i>'),
        script: () => {
          script.textContent = 'globalThis.ran = 1'
          document.head.append(script)
          if ('ran' in globalThis) return 'ran'
          throw new Error('did not run')
        },
        elsewhere: () => fetch('http://127.0.0.1:9/'),
      }
      const found: string[] = []
      for (const [name, attempt] of Object.entries(attempts))
        await Promise.resolve()
          .then(attempt)
          .catch(() => found.push(name))
      return found
    })
    expect(refused).toEqual(['markup', 'script', 'elsewhere'])
    expect(app.stack.log.filter((line) => /eyJ[\w-]+\.[\w-]+\.|sk_standin_/.test(line))).toEqual([])
    await fresh.close()
  })

  test('nothing moves for users who prefer reduced motion', async () => {
    await manager.page.emulateMedia({ reducedMotion: 'reduce' })
    for (const path of ['/', '/actions', `/runs/${ids.run}`]) {
      await manager.visit(path)
      await manager.app.locator('h1').waitFor()
      expect(await movingParts(manager.frame())).toEqual([])
    }
    await manager.page.emulateMedia({ reducedMotion: null })
  })

  test('the map shows every machine once, and its circles and a chart’s columns filter the list', async () => {
    const { app: inside, visit } = manager
    const run = await app.start(account, 'fleet-snapshot', { input: { idleHours: false } })
    await app.ended(run)
    await visit(`/runs/${run}?view=map`)
    await inside.locator('.map .map-land[d*="Z"]').waitFor({ state: 'attached' })
    const spots = async () => (await inside.locator('.spot i').allTextContents()).map(Number)
    const nowhere = Number.parseInt((await inside.getByText(/no known position/).textContent()) ?? '', 10)
    await expect.poll(async () => (await spots()).reduce((sum, each) => sum + each, nowhere)).toBe(101)
    const numbers = await spots()
    expect(numbers.length).toBeGreaterThan(1)
    expect(await inside.locator('.list').count()).toBe(0)

    const least = String(Math.min(...numbers))
    await inside
      .locator('.spot', { has: inside.getByText(least, { exact: true }) })
      .first()
      .click()
    await inside
      .getByRole('status')
      .filter({ hasText: `${least} of 101 machines` })
      .waitFor()
    await expect.poll(() => inside.locator('.list tbody tr').count()).toBe(Number(least))
    await inside.getByRole('button', { name: 'Show all 101' }).click()
    await expect.poll(() => inside.locator('.spot').count()).toBe(numbers.length)

    const { sql } = app.stack
    const [brand] = await sql<{ name: string; rows: number }[]>`
      select cells ->> 'brand' as name, count(*)::int as rows from run_result_rows where run_id = ${run}
      group by 1 order by 2 desc limit 1`
    const values = { work: 3, idle: 1 }
    const chart = {
      kind: 'stacked',
      title: 'Hours',
      unit: 'hours',
      column: 'brand',
      note: null,
      series: Object.keys(values).map((key) => ({ key, label: key })),
      columns: [brand?.name ?? '', 'W46', 'W47'].map((label) => ({ label, values, note: null })),
    }
    await sql`update run_results set chart = ${sql.json(chart)} where run_id = ${run}`
    const fresh = await app.open({ account })
    await fresh.visit(`/runs/${run}`)
    const column = fresh.app.getByRole('button', { name: `25 % ${brand?.name} work 3 h, idle 1 h` })
    await column.click()
    await fresh.app.getByText(`${brand?.rows} of 101 machines`).waitFor()
    expect(await column.getAttribute('aria-pressed')).toBe('true')
    await expect.poll(() => fresh.app.locator('.list tbody tr').count()).toBe(brand?.rows)
    await fresh.close()
  })

  test('no view asks anything twice; the first page asks everything in one request, before the stream of changes', async () => {
    const asked: string[] = []
    const requests: string[] = []
    const listen = (request: Request) => {
      const { pathname, searchParams } = new URL(request.url())
      if (request.method() !== 'GET' || !pathname.startsWith('/trpc/')) return
      const names = pathname.slice('/trpc/'.length)
      requests.push(names)
      const inputs = JSON.parse(searchParams.get('input') ?? '{}') as Record<string, unknown>
      for (const [nth, name] of names.split(',').entries())
        asked.push(`${name} ${JSON.stringify(searchParams.has('batch') ? inputs[nth] : inputs)}`)
    }
    /** What was asked more than once, when nothing more has been asked for a while. */
    const askedTwice = async () => {
      for (let before = -1; before !== asked.length; ) {
        before = asked.length
        await new Promise((resolve) => setTimeout(resolve, 600))
      }
      return asked.splice(0).filter((question, nth, all) => all.indexOf(question) < nth)
    }
    const walk = async (
      { page, app: inside, reload, visit }: Manager,
      pages: readonly (readonly [string, string])[],
    ) => {
      await visit('/')
      await inside.locator('.page-overview').waitFor()
      // What changed within three seconds before is rightly asked again: the run of the test before, where that took less.
      await new Promise((resolve) => setTimeout(resolve, 3_500))
      page.on('request', listen)
      for (const [path, selector] of pages) {
        const sees = inside.locator(selector).first()
        await visit(path)
        await sees.waitFor()
        await inside.locator('.sk').first().waitFor({ state: 'detached' })
        // What the page had asked before is over: of this one, what is polled may come as well.
        const left = page.waitForEvent('framenavigated', (frame) => frame !== page.mainFrame())
        const loading = reload()
        await left
        asked.splice(0)
        requests.splice(0)
        await loading
        await sees.waitFor()
        expect(await askedTwice(), `at ${path}`).toEqual([])
        expect(requests).toContain('installation.watch')
        // On the first visit also how many machines there are, which Trackunit is asked: nothing waits for that.
        if (path === '/')
          expect(requests.filter((names) => names !== 'action.countMachines').slice(0, 2)).toEqual([
            'installation.get,action.list,schedule.list,run.list,run.latest,delivery.undelivered',
            'installation.watch',
          ])
      }
      page.off('request', listen)
    }
    await walk(manager, [
      ['/', '.results a'],
      ['/actions', 'a[href$="/actions/attention-list"]'],
      ['/actions/attention-list', 'main h1'],
      ['/actions/clear-stale-events', 'main h1'],
      [`/actions/clear-stale-events/preview/${ids.preview}`, '.list .mach'],
      ['/runs', `a[href*="${ids.run}"]`],
      [`/runs/${ids.run}`, '.list .mach'],
      [`/runs/${ids.run}?view=map`, '.map .spot'],
      [`/runs/${ids.run}?row=2`, '.panel h2'],
      ['/schedules', 'main h1'],
      ['/schedules/new', 'main h1'],
      [`/schedules/${ids.schedule}`, 'main h1'],
      [`/schedules/${ids.schedule}?change=1`, 'main h1'],
      ['/schedules/receivers', 'main h1'],
      ['/activity', 'main h1'],
    ])
    const newAccount = randomUUID()
    await install(app.stack, newAccount)
    const firstVisit = await app.open({ account: newAccount })
    await walk(firstVisit, [['/', '.reads']])
    await firstVisit.close()
  })

  test.for([
    ['da-DK', 'da'],
    ['de-DE', 'de'],
    ['sv-SE', 'sv'],
    ['fr-FR', 'fr'],
  ] as const)('in %s, no page mixes in a text in English', async ([language, lang]) => {
    const reader = await app.open({ account, language })
    await reader.app.locator('.standin main h1').waitFor() // The first words are there before.
    expect(await reader.frame().evaluate(() => document.querySelector('.standin')?.getAttribute('lang'))).toBe(lang)
    const own = plainTexts(await wholeTexts(language, { name: 'Standin' }))
    const { actions } = await (await app.as(account)).action.list.query({ accountId: account })
    const english = [
      ...plainTexts(await wholeTexts('en-GB', { name: 'Standin' })),
      ...actions.flatMap(({ title, description }) => [title, description]),
    ].filter((text) => text.length > 3 && !own.includes(text))
    for (const path of [
      '/',
      '/actions',
      '/actions/clear-stale-events',
      `/actions/clear-stale-events/preview/${ids.preview}`,
      `/runs/${ids.run}?row=2`,
      `/runs/${ids.run}?view=map`,
      '/schedules',
      `/schedules/${ids.schedule}`,
      '/schedules/new',
      '/schedules/receivers',
      '/activity',
    ]) {
      await reader.visit(path)
      await reader.app.locator(`main h1`).first().waitFor()
      await reader.app.locator('.sk').first().waitFor({ state: 'detached' })
      await show(reader, { theme: 'light', width: 360 })
      const beyond = () => document.documentElement.scrollWidth - document.documentElement.clientWidth
      expect(await reader.frame().evaluate(beyond), `${path} at 360 px`).toBeLessThanOrEqual(0)
      await show(reader, { theme: 'light', width: 1280 })
      const { said, names } = await reader.frame().evaluate(textsOnPage)
      expect(
        [...said, ...names].filter((text) => english.includes(text)),
        path,
      ).toEqual([])
      expect(
        said.filter((text) => isEnglish.test(text)),
        path,
      ).toEqual([])
    }
    if (lang === 'de') expect(await barriers(reader, [{ theme: 'light', width: 360 }])).toEqual([])
    await reader.close()
  })

  test('what an action has only in English is marked as English on a page in Danish', async () => {
    const reader = await app.open({ account })
    // As if the actions had no texts in Danish.
    await reader.page.route(/\/trpc\/.*action\.list/, async (route) => {
      const answer = await route.fetch()
      const without = (line: string) =>
        JSON.stringify(JSON.parse(line, (key, value) => (key === 'messages' ? {} : value)))
      const lines = (await answer.text()).split('\n').map((line) => (line.trim() ? without(line) : line))
      await route.fulfill({ response: answer, body: lines.join('\n') })
    })
    await reader.page.goto(`${app.stack.simulator}/?${new URLSearchParams({ account, language: 'da-DK' })}`)
    for (const [path, sees] of [
      ['/', 'machines need attention'],
      ['/actions', 'Attention list'],
      ['/actions/attention-list', 'Machines that stopped reporting.'],
      [`/runs/${ids.run}?row=2`, 'Why'],
    ] as const) {
      await reader.visit(path)
      await reader.app.getByText(sees).first().waitFor()
      await reader.app.locator('.sk').first().waitFor({ state: 'detached' })
      const { marked, unmarked } = await reader.frame().evaluate(textsByLanguage)
      expect(marked.length, path).toBeGreaterThan(0)
      expect(
        unmarked.filter((text) => isEnglish.test(text)),
        path,
      ).toEqual([])
    }
    await reader.close()
  })

  test('a page is useful soon on a slow phone, and its layout does not shift', async () => {
    const slow = await app.open({ account }, {})
    // The goal of 900 ms is held by the bench: this machine may be busy.
    const { usefulMs, isBeforeReact, places, headlines, layoutShift } = await measureFirstPaint(slow)
    process.stderr.write(`First useful text after ${Math.round(usefulMs)} ms with 4 × CPU slowdown and fast 3G.\n`)
    expect(layoutShift).toBe(0)
    expect(isBeforeReact).toBe(true)
    expect(places[1]).toBe(places[0])
    expect(new Set(headlines).size).toBe(headlines.length) // None was taken away and came again.
    await slow.close()
  })

  /** One for both widths. */
  let long: Promise<string> | undefined
  async function startLong(): Promise<string> {
    const run = await app.start(account, 'fleet-snapshot', { input: { idleHours: false } })
    await app.ended(run)
    await multiplyRows(app.stack, run, 20_412)
    return run
  }

  test.for([1280, 390])(
    'any of 20,412 rows can be reached, also in another order, at a width of %i px',
    async (width) => {
      long ??= startLong()
      const run = await long
      const { app: inside, frame, page } = manager
      const asked: string[] = []
      const listen = (request: Request) => void (request.url().includes('run.result') && asked.push(request.url()))
      page.on('request', listen)
      await show(manager, { theme: 'light', width })
      const height = (px: string) =>
        page.locator('#app').evaluate((element, given) => (element.style.height = given), px)
      await height('844px')
      await manager.visit(`/runs/${run}`)
      const row = (number: number) => inside.locator(`table[aria-rowcount="20413"] tr[aria-rowindex="${number + 1}"]`)
      await row(1).locator('.mach').waitFor()
      // However many rows there are, the first picture is made of one answer of a hundred and of few elements.
      expect(asked.length).toBeLessThanOrEqual(1)
      for (const url of asked) expect(decodeURIComponent(url)).toContain('"limit":100,')
      expect(await frame().evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(1_200)

      if (width < 640) await inside.getByRole('button', { name: 'Filters' }).click()
      await inside.getByRole('textbox', { name: 'Row' }).fill('15,000')
      await page.keyboard.press('Enter')
      await row(15_000).locator(':focus').waitFor()
      const place = () => row(15_000).evaluate((element) => element.getBoundingClientRect().top / innerHeight)
      await expect.poll(place).toBeGreaterThan(0.1)
      await expect.poll(place).toBeLessThan(0.9)
      expect(await inside.locator('tr[aria-rowindex]').count()).toBeLessThan(60)
      await page.keyboard.press('Enter')
      await inside.getByText('15,000 of 20,412').waitFor()
      await manager.reload()
      await inside.locator('.panel h2:focus').waitFor()
      await page.keyboard.press('Escape')
      await row(15_000).locator(':focus').waitFor()
      await row(15_000).locator('.mach').waitFor()
      await expect.poll(place).toBeGreaterThan(0.1)
      await expect.poll(place).toBeLessThan(0.9)

      const toEnd = () => frame().evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
      await expect.poll(async () => toEnd().then(() => row(20_412).locator('.mach').count())).toBe(1)
      await inside.getByText(/–20,412 of 20,412$/).waitFor()

      if (width < 640) {
        await inside.getByRole('button', { name: 'Filters' }).click()
        await inside
          .getByRole('dialog', { name: 'Filters' })
          .getByLabel('Order', { exact: true })
          .selectOption({ label: 'Hours, largest first' })
      } else {
        await inside.getByRole('button', { name: 'Hours' }).click()
        // Sorting from the end of the list goes back to its first row.
        await inside.locator('th[aria-sort=descending] :focus').waitFor()
      }
      await row(1).locator('.mach').waitFor()
      expect(asked.length).toBeLessThan(14)
      page.off('request', listen)
      await height('')
      await show(manager, { theme: 'light', width: 1280 })
    },
  )

  // The last test, since it spoils the result that the others use.
  test('text from Trackunit is never treated as markup, in any script and length', async () => {
    const long = `🚜 حفارة ${'W'.repeat(120)}`
    const markup = `<img src=x onerror="globalThis.broken=1"><b>EC220</b> ${long}`
    const { sql } = app.stack
    await sql`update run_result_rows set machine = jsonb_set(machine, '{name}', ${sql.json(markup)}) where run_id = ${ids.run}`
    await sql`update runs set headline = ${JSON.stringify(`${markup} needs attention.`)} where id = ${ids.run}`
    const fresh = await app.open({ account })
    await fresh.visit(`/runs/${ids.run}`)
    await fresh.app.getByRole('heading', { name: `${markup} needs attention.` }).waitFor()
    expect(await fresh.app.locator('.mach').first().textContent()).toContain(markup)
    expect(await barriers(fresh, [{ theme: 'light', width: 360 }])).toEqual([])
    await fresh.app.locator('.mach').first().click()
    await fresh.app.getByRole('heading', { name: markup, level: 2 }).waitFor()
    expect(await barriers(fresh, [{ theme: 'light', width: 360 }])).toEqual([])
    await fresh.visit('/runs')
    await fresh.app.getByRole('link', { name: `${markup} needs attention` }).waitFor()
    expect(await fresh.frame().evaluate(() => 'broken' in globalThis)).toBe(false)
    expect(fresh.wrong).toEqual([])
    await fresh.close()
  })
})

/** Collects from now on what the page announces to screen readers, and the headings that take the focus. */
function noteAnnounced(): void {
  const region = document.querySelector('p.vh[role=status]')
  if (!region) throw new Error('the page has no announcer')
  const heard: string[] = []
  const focused: string[] = []
  Object.assign(globalThis, { heard, focused })
  const note = () => heard.push(region.textContent?.trim() ?? '')
  new MutationObserver(note).observe(region, { subtree: true, childList: true, characterData: true })
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLHeadingElement) focused.push(target.textContent ?? '')
  })
}

/** What was announced while the focus said the same. */
function heardTwice(): string[] {
  const { heard, focused } = globalThis as unknown as Record<'heard' | 'focused', string[]>
  if (focused.length < 2) return [`only ${focused.join(', ')} had the focus`]
  return heard.filter((words) => words && focused.some((heading) => heading.startsWith(words)))
}

/** Every layout shift since the frame was loaded. */
async function layoutShift(): Promise<number> {
  let sum = 0
  await new Promise<void>((resolve) => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) sum += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
    // Buffered entries arrive in the next task.
    setTimeout(resolve)
  })
  return sum
}

/** Texts without gaps. */
function plainTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(plainTexts) : []
}

/** What a screen reader adds to the name of the focused field. */
function descriptionOfFocused(): (string | null | undefined)[] {
  const ids = document.activeElement?.getAttribute('aria-describedby')?.split(' ') ?? []
  return ids.map((id) => document.getElementById(id)?.textContent)
}

/** Words that sentences in English are full of, and that no other language of the app has. */
const isEnglish = /\b(the|your|this|with|and|of|from|are|has|been)\b/i

/** All words that a page shows or that a screen reader reads, and what may be a name that someone gave. */
function textsOnPage(): { said: string[]; names: string[] } {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const [texts, names]: [string[], string[]] = [[], []]
  while (walker.nextNode()) {
    const isName = walker.currentNode.parentElement?.closest('bdi, option, .panel, style, script')
    ;(isName ? names : texts).push(walker.currentNode.textContent?.trim() ?? '')
  }
  const spoken = ['aria-label', 'aria-valuetext', 'alt', 'placeholder', 'title']
  const labels = spoken.flatMap((name) =>
    [...document.querySelectorAll(`[${name}]`)].map((each) => each.getAttribute(name) ?? ''),
  )
  return { said: [document.title, ...texts, ...labels], names }
}

/** What the page says in English on purpose, and what it says in its own language. */
function textsByLanguage(): { marked: string[]; unmarked: string[] } {
  const walker = document.createTreeWalker(document.querySelector('main') ?? document.body, NodeFilter.SHOW_TEXT)
  const [marked, unmarked]: [string[], string[]] = [[], []]
  while (walker.nextNode()) {
    const lang = walker.currentNode.parentElement?.closest('[lang]')?.getAttribute('lang')
    ;(lang === 'en' ? marked : unmarked).push(walker.currentNode.textContent?.trim() ?? '')
  }
  return { marked, unmarked }
}
