import { useNow } from '../formats/use-now.ts'
import { wholeMinute } from '../formats/whole-minute.ts'
import { Notice } from '../parts/notice.tsx'
import { useSurroundings } from '../surroundings.ts'

interface TrackunitTroubleProps {
  unavailableSince: string | null
  /** Runs show that it does not answer. */
  isUnanswered: boolean
  limitedUntil: string | null
  /** How many runs wait for it. */
  waiting: number
}

/** Trackunit does not answer, or asked us to slow down. */
export function TrackunitTrouble({ unavailableSince, isUnanswered, limitedUntil, waiting }: TrackunitTroubleProps) {
  const { texts, formats } = useSurroundings()
  const nowMs = useNow(10_000)
  const { shell } = texts

  if (unavailableSince || isUnanswered) {
    const heading = unavailableSince
      ? shell.trackunitDown(formats.moment(unavailableSince, nowMs))
      : shell.trackunitDownNow
    return (
      <Notice tone="warn" icon="cloudOff" heading={heading} level={2} slim>
        <p>{shell.trackunitDownMeans(waiting)}</p>
      </Notice>
    )
  }
  if (!limitedUntil || Date.parse(limitedUntil) <= nowMs) return null
  return (
    <Notice
      tone="wait"
      icon="clock"
      heading={shell.limited(formats.clock(wholeMinute(Date.parse(limitedUntil))))}
      level={2}
      slim
    >
      <p>{shell.limitedMeans}</p>
    </Notice>
  )
}
