import { Icon } from '../parts/icon.tsx'
import { useAddressState } from '../shell/hash-location.ts'
import { useSurroundings } from '../surroundings.ts'
import type { LogLine } from './use-run.ts'

/** Newest first, never scrolled or announced automatically. The address says whether it is open. */
export function RunLog({ log, actionId }: { log: readonly LogLine[]; actionId: string }) {
  const { texts, formats, langOf } = useSurroundings()
  const [address, setAddress] = useAddressState()
  const open = address.get('log') === 'open'
  if (log.length === 0) return null

  return (
    <section className="sec">
      <details open={open} onToggle={(event) => setAddress({ log: event.currentTarget.open ? 'open' : undefined })}>
        <summary>
          <Icon name="right" />
          <h2>{texts.run.log}</h2>
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
        <div className="log" tabIndex={0} role="log" aria-live="off" aria-label={texts.run.log}>
          <ol>
            {log.map(({ seq, at, message }) => (
              <li key={seq}>
                <time dateTime={at}>{formats.exactClock(at)}</time>
                {/* A line without translations, such as an answer of a receiver's server, is in English. */}
                <span lang={langOf(texts.ofAction(actionId, message))}>{texts.ofAction(actionId, message)}</span>
              </li>
            ))}
          </ol>
        </div>
      </details>
    </section>
  )
}
