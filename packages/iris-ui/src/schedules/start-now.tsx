import type { Action, Schedule } from '@standin/client'
import { useLocation } from 'wouter'
import { hindranceWords } from '../actions/hindrance-words.ts'
import { useHindrance } from '../actions/use-hindrance.ts'
import { Button } from '../parts/button.tsx'
import { RefusedStart } from '../parts/refused-start.tsx'
import { addressOfRun } from '../runs/address-of-run.ts'
import { useStartRun } from '../runs/use-start-run.ts'
import { useAnnouncer } from '../shell/announcer.ts'
import { useSurroundings } from '../surroundings.ts'

/**
 * Starts the schedule's run now: the result stays here, or is sent to its email addresses as a test. Web addresses are left out,
 * since only the server knows them in full.
 */
export function StartNow({
  schedule,
  title,
  action,
}: {
  schedule: Schedule
  title: string
  action: Action | undefined
}) {
  const { texts } = useSurroundings()
  const words = texts.schedules
  const [, navigate] = useLocation()
  const { justStarted } = useAnnouncer()
  const starting = useStartRun((run) => {
    justStarted.current = run.id
    navigate(addressOfRun(run))
  })
  const hindrance = useHindrance(action)
  const off = !action || hindrance !== undefined
  // What applies to all buttons is shown beside them.
  const why = !action
    ? texts.results.because.ACTION_NOT_FOUND
    : hindrance && hindrance !== 'role'
      ? hindranceWords(hindrance, action, texts)
      : undefined
  const described = why ? 'start-not' : undefined
  const emails = schedule.deliverTo.filter((to) => to.kind === 'email')
  const wanted = { actionId: schedule.actionId, input: schedule.input, mode: 'apply' } as const
  return (
    <>
      <Button
        icon="play"
        busy={starting.busy}
        off={off}
        aria-describedby={described}
        onClick={() => starting.start({ ...wanted, deliverTo: [] })}
      >
        {words.runNow}
      </Button>
      {emails.length > 0 && (
        <Button
          icon="send"
          busy={starting.busy}
          off={off}
          aria-describedby={described}
          onClick={() => starting.start({ ...wanted, deliverTo: emails })}
        >
          {words.sendTest}
        </Button>
      )}
      {why && (
        <p className="small muted" id="start-not">
          {why}
        </p>
      )}
      <div role="alert" className="alert">
        <RefusedStart failure={starting.failure} title={title} />
      </div>
    </>
  )
}
