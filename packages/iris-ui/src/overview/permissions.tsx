import type { Installation } from '@standin/client'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'
import { permissionRows } from './permission-rows.ts'

/** The granted and denied permissions, in plain words. */
export function Permissions({ installation }: { installation: Installation }) {
  const { texts } = useSurroundings()
  const rows = permissionRows(installation)
  const words = texts.may
  const icons = { granted: 'check', denied: 'minus', 'not-in-plan': 'minus', unknown: 'clock' } as const
  const isWorking = installation.state === 'active' // Without access, none of them is more than a promise.
  const known = rows.some(({ state }) => state !== 'unknown')
  if (rows.length === 0) return null

  return (
    <section className="sec" aria-labelledby="h-may">
      <h2 id="h-may">{words.heading}</h2>
      <ul className="rows">
        {rows.map(({ scope, state }) => (
          <li key={scope}>
            <Icon name={icons[state]} tone={state === 'granted' && isWorking ? 'ok' : 'wait'} />
            <div>
              <p className="t">{texts.permissions[scope] ?? scope}</p>
              {state === 'denied' && <p className="d">{words.notAllowed}</p>}
              {state === 'not-in-plan' && <p className="d">{words.notInPlan}</p>}
            </div>
          </li>
        ))}
      </ul>
      <p className="small muted foot">{known ? words.decided : words.notKnown}</p>
    </section>
  )
}
