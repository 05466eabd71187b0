/** The app's colour for links, buttons and the focus ring, each as `#rrggbb`: `light` on a light page, `dark` on a dark one. */
export interface Accent {
  light: string
  dark: string
}

/** Where an app names no colour of its own. */
export const defaultAccent: Accent = { light: '#0b4fb3', dark: '#8ab8ff' }

/** What text in the accent stands on, from `tokens.css`: the page, and rows under the pointer. */
const grounds: Record<keyof Accent, readonly string[]> = {
  light: ['#ffffff', '#f6f6f3', '#f1f1ed'],
  dark: ['#141513', '#1b1c1a', '#20211f', '#252624'],
}
/** How much of the accent is in the ground of what is chosen, over the page. */
export const softShare = 0.1
const leastContrast = 4.5

/**
 * The lowest contrast of text in an accent, over everything it stands on. Words on a button have the colour of the page, so
 * they are covered too.
 * @returns from 1 to 21
 * @see WCAG 2.2, 1.4.3 (AA): text needs 4.5
 */
export function contrastOfAccent(theme: keyof Accent, colour: string): number {
  const [page = ''] = grounds[theme]
  return Math.min(...[...grounds[theme], mixed(colour, page)].map((ground) => contrast(colour, ground)))
}

/** Why an accent is refused; undefined if it can be read. */
export function accentProblem(theme: keyof Accent, colour: string): string | undefined {
  const lowest = contrastOfAccent(theme, colour)
  if (lowest >= leastContrast) return undefined
  const [than, page] = theme === 'light' ? ['darker', 'a light page'] : ['lighter', 'a dark page']
  return `${colour} cannot be read on ${page}: its contrast is ${lowest.toFixed(1)}, and text needs ${leastContrast} (WCAG AA). Choose a ${than} colour`
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

function mixed(colour: string, page: string): string {
  const channels = [1, 3, 5].map((at) => {
    const [of, over] = [colour, page].map((whole) => Number.parseInt(whole.slice(at, at + 2), 16)) as [number, number]
    return Math.round(of * softShare + over * (1 - softShare))
      .toString(16)
      .padStart(2, '0')
  })
  return `#${channels.join('')}`
}

/** Relative luminance, as WCAG defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
