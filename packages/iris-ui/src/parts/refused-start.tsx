import type { Failure } from '../connection/failure.ts'
import { useSurroundings } from '../surroundings.ts'
import { LateRefusal } from './late-refusal.tsx'

interface RefusedStartProps {
  failure: Failure | undefined
  title: string
  /** With the choices of an earlier run, not those of a form. */
  isAgain?: boolean
}

/** Shows that an action was not started, and the server's reason. Put it into an alert that already exists. */
export function RefusedStart({ failure, title, isAgain = false }: RefusedStartProps) {
  const { texts } = useSurroundings()
  const kind = isAgain ? 'again' : 'start'
  return failure && <LateRefusal what={texts.actions.notStarted(title)} failure={failure} kind={kind} />
}
