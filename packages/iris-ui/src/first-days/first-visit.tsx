import type { Action } from '@standin/client'
import { Suspense, useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { timeLeft } from '../formats/time-left.ts'
import { useAnnouncedChange } from '../overview/use-announced-change.ts'
import { Button } from '../parts/button.tsx'
import { RefusedStart } from '../parts/refused-start.tsx'
import { addressOfRun } from '../runs/run-words.ts'
import { useStartRun } from '../runs/use-start-run.ts'
import { useAnnouncer } from '../shell/announcer.ts'
import { useFirstSurroundings } from '../surroundings.ts'
import { defaultsOf } from './defaults-of.ts'
import { firstDays } from './late-first-days.ts'

const FirstReads = firstDays.part('FirstReads')

/** What this is, one button, and what it will read. In the first JavaScript, but for the list: nobody opens the app more curiously. */
export function FirstVisit({ action }: { action: Action }) {
  const { host, texts } = useFirstSurroundings()
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
        <h1>{sentence}</h1>
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
      <Suspense fallback={null}>
        <FirstReads action={action} onCount={setSentence} />
      </Suspense>
    </>
  )
}
