import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'
import type { Need } from './needs-you.ts'

/** The one tinted panel: there only while something waits for a person. */
export function NeedsYouPanel({ needs }: { needs: readonly Need[] }) {
  const { texts } = useSurroundings()
  if (needs.length === 0) return null

  return (
    <section className="sec need" aria-labelledby="h-need">
      <h2 id="h-need">{texts.needs.heading}</h2>
      <ul className="rows">
        {needs.map(({ id, tone, icon, what, means }) => (
          <li key={id}>
            <Icon name={icon} tone={tone} />
            <div>
              <p className="t">{what}</p>
              <p className="d">{means}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
