import { useNow } from '../formats/use-now.ts'
import { useFirstSurroundings } from '../surroundings.ts'

/** A later try is shown as a time of day, not as seconds. */
const COUNTED_S = 90

/**
 * The time of the next try. Hidden from screen readers, even in a live region: announcing each
 * second.
 */
export function NextTry({ at, trying = at === null }: { at: string | number | null; trying?: boolean }) {
  const { texts, formats } = useFirstSurroundings()
  const words = texts.connection
  const seconds = Math.ceil((new Date(at ?? 0).getTime() - useNow(1_000)) / 1_000)
  const said = () => {
    if (trying || at === null || seconds <= 0) return words.trying
    if (seconds > COUNTED_S) return words.nextTryAt(formats.clock(at))
    return words.nextTry(formats.number(seconds), seconds === 1)
  }
  return (
    <span className="num" aria-live="off">
      {said()}
    </span>
  )
}
