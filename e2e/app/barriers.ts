import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type axe from 'axe-core'
import type { Frame } from 'playwright-core'
import type { Manager } from './manager.ts'

type RunOnly = axe.RunOnly

const axeSource = readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')

export interface Look {
  theme: 'light' | 'dark'
  /** Of the app's frame, in CSS pixels. */
  width: number
}

export const looks: readonly Look[] = [
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 1280 },
  { theme: 'dark', width: 390 },
  { theme: 'light', width: 390 },
]

/** The accessibility problems of the page as it is now, in both themes, wide and narrow. */
export async function barriers(manager: Manager, looksToTry: readonly Look[] = looks): Promise<string[]> {
  const frame = manager.frame()
  const found = new Set<string>()
  const widths = new Set<number>()
  for (const look of looksToTry) {
    await show(manager, look)
    const rules = widths.has(look.width) ? ofColours : ofEverything
    widths.add(look.width)
    for (const each of await barriersNow(frame, rules)) found.add(`${look.theme} ${look.width}: ${each}`)
    const beyond = await frame.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    )
    if (beyond > 0) found.add(`${look.width}: scrolls ${beyond} px sideways`)
  }
  await show(manager, { theme: 'light', width: 1280 })
  return [...found]
}

/** Gives the frame a width and a theme; its media queries follow. */
export async function show({ page, frame }: Manager, { theme, width }: Look): Promise<void> {
  await page.locator('#app').evaluate((element, px) => {
    element.style.flex = 'none'
    element.style.width = `${px}px`
  }, width)
  await frame().evaluate((name) => {
    document.documentElement.dataset.theme = name
    // Colours in the middle of a transition would give wrong contrasts.
    for (const animation of document.getAnimations()) {
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish()
    }
  }, theme)
}

const ofEverything: RunOnly = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}
/** Only these rules read colours, so the others find the same in both themes. */
const ofColours: RunOnly = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

/** The accessibility problems of any page or frame, as it is now. */
export async function barriersNow(frame: Frame, runOnly: RunOnly = ofEverything): Promise<string[]> {
  if (!(await frame.evaluate(() => 'axe' in globalThis))) await frame.evaluate(await axeSource)
  return frame.evaluate(async (only) => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') }
    const { violations } = await axe.run(document, { runOnly: only, resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  }, runOnly)
}

/** Texts that are drawn over other texts. What covers the page on purpose is left out. */
export function textsOverOthers(): string[] {
  const onTop = '[role$=dialog], [popover], .skip, .vh, header, [aria-hidden=true], option, .spot'
  const isClipped = (element: Element | null): boolean =>
    element !== null && (getComputedStyle(element).clipPath !== 'none' || isClipped(element.parentElement))
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const lines: { text: string; box: DOMRect }[] = []
  while (walker.nextNode()) {
    const node = walker.currentNode
    const text = node.textContent?.trim()
    const parent = node.parentElement
    if (!text || !parent || parent.closest(onTop) || isClipped(parent)) continue
    if (!parent.checkVisibility({ opacityProperty: true })) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    for (const box of range.getClientRects()) lines.push({ text, box })
  }
  return lines.flatMap(({ text, box }, nth) =>
    lines.slice(nth + 1).flatMap((other) => {
      const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left)
      const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top)
      // Lines may touch: letters are lower than their boxes.
      const isOver = across > 2 && down > Math.min(box.height, other.box.height) * 0.45
      return isOver ? [`“${text}” is over “${other.text}”`] : []
    }),
  )
}
