import type { Action } from '@standin/client'
import { type ReactNode, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { actionInWords } from '../actions/action-in-words.ts'
import { timeLeft } from '../formats/time-left.ts'
import { useAnnouncedChange } from '../overview/use-announced-change.ts'
import { Button } from '../parts/button.tsx'
import { RefusedStart } from '../parts/refused-start.tsx'
import { addressOfRun } from '../runs/address-of-run.ts'
import { useStartRun } from '../runs/use-start-run.ts'
import { useAnnouncer } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'
import { defaultsOf } from './defaults-of.ts'
import { FirstReads } from './first-reads.tsx'
import { withRoom } from './with-room.ts'

interface FirstVisitProps {
  action: Action
  /** What needs a person, if anything does: more urgent than what the check reads. */
  children?: ReactNode
}

/** What this is, one button, and what it will read. */
export function FirstVisit({ action: given, children }: FirstVisitProps) {
  const { host, texts } = useSurroundings()
  const action = useMemo(() => actionInWords(given, texts), [given, texts])
  const words = texts.firstDays
  const [, navigate] = useLocation()
  const [sentence, setSentence] = useState(words.whatThisIs)
  useAnnouncedChange(words.whatThisIs)
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
        <h1 data-room={withRoom(texts)}>
          <span>{sentence}</span>
        </h1>
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
      {children}
      <FirstReads action={action} onCount={setSentence} />
    </>
  )
}
