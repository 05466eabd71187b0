import type { Frame, Page } from 'playwright-core'

/** A user of the simulated Manager who has only a keyboard. */
export function keysOf(page: Page) {
  const press = (key: string) => page.keyboard.press(key)

  /** The name of the focused element, in Manager or in the app's frame. */
  async function focused(): Promise<string> {
    for (const frame of page.frames().toReversed()) {
      const words = await frame.evaluate(sayFocused).catch(() => undefined)
      if (words !== undefined) return words
    }
    return ''
  }

  return {
    press,
    focused,
    /** Presses Tab, or Shift+Tab, until the name of the focused element starts with these words. */
    async tabTo(words: string, { back = false, most = 80 } = {}): Promise<void> {
      const seen: string[] = []
      for (let presses = 0; presses < most; presses++) {
        const now = await focused()
        if (now.startsWith(words)) return
        seen.push(now)
        await press(back ? 'Shift+Tab' : 'Tab')
      }
      throw new Error(`Tab does not reach “${words}”: ${seen.join(' | ')}`)
    },
    async type(text: string): Promise<void> {
      await press('Control+a')
      await page.keyboard.type(text)
    },
  }
}

function sayFocused(): string | undefined {
  const element = document.activeElement
  if (!document.hasFocus() || !element || element === document.body || element.tagName === 'IFRAME') return undefined
  const labels = (element as HTMLInputElement).labels
  return (element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent ?? '').trim()
}

/** Waits until an element has the focus, such as the heading of a page that just opened. */
export async function focusOn(frame: Frame, selector: string): Promise<void> {
  await frame.waitForFunction((wanted) => document.activeElement?.matches(wanted) === true, selector)
}
