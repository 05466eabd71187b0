import type { Action } from '@standin/client'
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTRPC } from '../connection/api.ts'
import { ActionText } from '../parts/action-text.tsx'
import { ResultIcon } from '../results/result-icon.tsx'
import { useSurroundings } from '../surroundings.ts'

interface FirstReadsProps {
  action: Action
  /** Gets the page's sentence with the number of machines, once that is known. */
  onCount: (sentence: string) => void
}

/** What the first check will read. */
export function FirstReads({ action, onCount }: FirstReadsProps) {
  const { host, texts, formats, langOf } = useSurroundings()
  const trpc = useTRPC()
  const asked = { accountId: host.account.id, actionId: action.id }
  const machines = useQuery(trpc.action.countMachines.queryOptions(asked, { staleTime: Infinity })).data?.machines
  useEffect(() => {
    if (machines) onCount(texts.firstDays.whatThisIsFor(machines, formats.number(machines)))
  }, [machines, onCount, texts, formats])
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
                <p className="t" lang={langOf(title)}>
                  {title}
                </p>
                <p className="d">
                  <ActionText>{texts.ofAction(action.id, detail)}</ActionText>
                </p>
              </div>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
