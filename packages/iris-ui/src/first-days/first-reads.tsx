import type { Action } from '@standin/client'
import { ResultIcon } from '../results/result-icon.tsx'
import { useSurroundings } from '../surroundings.ts'

/** What the first check will read. */
export function FirstReads({ action }: { action: Action }) {
  const { texts } = useSurroundings()
  return (
    <section className="sec reads" aria-labelledby="h-reads">
      <h2 id="h-reads">{texts.firstDays.whatItReads}</h2>
      <ul className="rows">
        {action.reads.map(({ what, detail, icon = 'machine' }) => {
          const title = texts.ofAction(action.id, what)
          return (
            <li key={title}>
              <ResultIcon name={icon} />
              <div>
                <p className="t">{title}</p>
                <p className="d">{texts.ofAction(action.id, detail)}</p>
              </div>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
