import type { Action, Run } from '@standin/client'
import { useId } from 'react'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'
import type { StartOfAction } from './start-of-action.ts'
import { useStartRun } from './use-start-run.ts'

interface ActionRowProps {
  action: Action
  start: StartOfAction
  /** The page's one main button. */
  main: boolean
  last: Run | undefined
  onStarted(run: Run, title: string): void
}

export function ActionRow({ action, start, main, last, onStarted }: ActionRowProps) {
  const { texts, formats } = useSurroundings()
  const nowMs = useNow(60_000)
  const words = texts.actions
  const starting = useStartRun(action.id, (run) => onStarted(run, action.title))
  const hindrance = useHindrance(action, start)
  const hindranceId = useId()
  const startHere = start === 'ready' || start === 'needs-access'

  return (
    <li>
      <Icon name={action.changesData ? 'pen' : 'eye'} tone="wait" />
      <div>
        <p className="t">{action.title}</p>
        <p className="d">{action.description}</p>
        {hindrance && (
          <p className={`st ${start === 'needs-permission' ? 'warn' : 'wait'}`} id={hindranceId}>
            <Icon name={start === 'needs-permission' ? 'warn' : 'clock'} />
            <span>{hindrance}</span>
          </p>
        )}
        <div role="alert">
          {starting.failure && (
            <p className="st bad">
              <Icon name="bad" />
              <span>
                {words.notStarted(action.title)} {words.notStartedBecause[starting.failure] ?? words.notStartedUnknown}
              </span>
            </p>
          )}
        </div>
      </div>
      <div className="c">
        <b>{action.changesData ? words.changes : words.onlyReads}</b>
        {last?.endedAt ? (
          <time dateTime={last.endedAt}>{words.last(formats.moment(last.endedAt, nowMs))}</time>
        ) : (
          <span>{words.neverRan}</span>
        )}
      </div>
      <div className="e">
        {startHere && (
          <Button
            {...(main && { look: 'go' })}
            icon="play"
            busy={starting.busy}
            off={start === 'needs-access'}
            aria-label={words.startNamed(action.title)}
            aria-describedby={hindrance ? hindranceId : undefined}
            onClick={starting.start}
          >
            {words.start}
          </Button>
        )}
      </div>
    </li>
  )
}

/** Why the action cannot be started from here, in words. */
function useHindrance(action: Action, start: StartOfAction): string | undefined {
  const { texts } = useSurroundings()
  const words = texts.actions
  switch (start) {
    case 'ready':
      return undefined
    case 'needs-access':
      return words.noAccess
    case 'needs-form':
      return words.formLater
    case 'needs-preview':
      return words.previewLater
    case 'needs-permission':
      return words.needsPermission(texts.list(action.missingScopes.map((scope) => texts.permissions[scope] ?? scope)))
  }
}
