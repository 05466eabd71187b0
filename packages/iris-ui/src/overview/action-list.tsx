import type { Action, Installation, Run } from '@standin/client'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'
import { ActionRow } from './action-row.tsx'
import { startOfAction } from './start-of-action.ts'

interface ActionListProps {
  actions: readonly Action[]
  state: Installation['state']
  /** To say when each action ran last. */
  results: readonly Run[]
  onStarted(run: Run, title: string): void
}

/** The catalogue, each action with what it does, whether it changes data and its start. */
export function ActionList({ actions, state, results, onStarted }: ActionListProps) {
  const { texts } = useSurroundings()
  const words = texts.actions
  const startable = actions.filter((action) => startOfAction(action, state) === 'ready')

  return (
    <section className="sec" aria-labelledby="h-act">
      <h2 id="h-act">{words.heading}</h2>
      <p className="sub">{words.sub}</p>
      <ul className="rows cat">
        {actions.length === 0 && (
          <li>
            <Icon name="minus" tone="wait" />
            <div>
              <p className="t">{words.none}</p>
              <p className="d">{words.noneMeans}</p>
            </div>
          </li>
        )}
        {actions.map((action) => (
          <ActionRow
            key={action.id}
            action={action}
            start={startOfAction(action, state)}
            main={startable.length === 1 && startable[0] === action}
            last={results.find((run) => run.actionId === action.id)}
            onStarted={onStarted}
          />
        ))}
      </ul>
    </section>
  )
}
