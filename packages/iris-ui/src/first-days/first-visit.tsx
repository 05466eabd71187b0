import type { Action } from '@standin/client'
import { useMemo } from 'react'
import { useLocation } from 'wouter'
import { timeLeft } from '../formats/time-left.ts'
import { inputOf, schemaFields, valuesOf } from '../forms/schema-fields.ts'
import { Button } from '../parts/button.tsx'
import { RefusedStart } from '../parts/refused-start.tsx'
import { ResultIcon } from '../results/result-icon.tsx'
import { addressOfRun } from '../runs/run-words.ts'
import { useStartRun } from '../runs/use-start-run.ts'
import { useAnnouncer } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'

/** What its form would send if nobody changed anything, so that later runs of it can say what is new. */
export function defaultsOf({ inputSchema }: Pick<Action, 'inputSchema'>): Record<string, unknown> {
  const fields = schemaFields(inputSchema)
  return inputOf(fields, valuesOf(fields, inputSchema, undefined))
}

/** What this is, one button, and what it will read. */
export function FirstVisit({ action }: { action: Action }) {
  const { host, texts } = useSurroundings()
  const words = texts.firstDays
  const [, navigate] = useLocation()
  const { justStarted } = useAnnouncer()
  const input = useMemo(() => defaultsOf(action), [action])
  const { start, busy, failure } = useStartRun((run) => {
    justStarted.current = run.id
    navigate(addressOfRun(run))
  })
  const time = action.usualSeconds === null ? undefined : texts.time.about(timeLeft(action.usualSeconds))

  return (
    <>
      <div className="open1">
        <h1>{words.whatThisIs}</h1>
        <p className="lead">{words.howLong(time)}</p>
        <div className="btns">
          <Button look="go" icon="play" busy={busy} onClick={() => start({ actionId: action.id, input })}>
            {words.checkNow}
          </Button>
        </div>
        <div role="alert" className="alert">
          <RefusedStart failure={failure} title={action.title} />
        </div>
        <p className="small muted">{words.onlyReads(host.account.name)}</p>
      </div>
      <section className="sec reads" aria-labelledby="h-reads">
        <h2 id="h-reads">{words.whatItReads}</h2>
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
    </>
  )
}
