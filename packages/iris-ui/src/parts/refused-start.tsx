import type { Failure } from '../connection/failure.ts'
import { startRefusalWords } from '../connection/refusal-words.ts'
import { useSurroundings } from '../surroundings.ts'
import { Icon } from './icon.tsx'

interface RefusedStartProps {
  failure: Failure | undefined
  title: string
  /** With the choices of an earlier run, not those of a form. */
  isAgain?: boolean
}

/** Says that an action was not started, and the server's reason. Put it into an alert that is there before. */
export function RefusedStart({ failure, title, isAgain }: RefusedStartProps) {
  const { texts } = useSurroundings()
  if (!failure) return null
  return (
    <p className="st bad">
      <Icon name="bad" />
      <span>
        {texts.actions.notStarted(title)}{' '}
        {isAgain && failure === 'INPUT_INVALID'
          ? texts.results.because.INPUT_INVALID
          : startRefusalWords(failure, texts)}
      </span>
    </p>
  )
}
