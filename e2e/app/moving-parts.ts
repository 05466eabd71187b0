import type { Frame } from 'playwright-core'

/** The elements of a page that are animated, by the start of their markup. */
export function movingParts(frame: Frame): Promise<string[]> {
  return frame.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { animationDuration, animationName, transitionDuration } = getComputedStyle(element)
        const lasts = (durations: string) => durations.split(',').some((each) => Number.parseFloat(each) > 0.001)
        return (animationName !== 'none' && lasts(animationDuration)) || lasts(transitionDuration)
      })
      .map(({ outerHTML }) => outerHTML.slice(0, 100)),
  )
}
