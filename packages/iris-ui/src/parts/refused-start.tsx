import type { Failure } from '../connection/failure.ts'
import { startRefusalWords } from '../connection/refusal-words.ts'
import { useSurroundings } from '../surroundings.ts'
import { Icon } from './icon.tsx'

/** Says that an action was not started, and the server's reason. Put it into an alert that is there before. */
export function RefusedStart({ failure, title }: { failure: Failure | undefined; title: string }) {
  const { texts } = useSurroundings()
  if (!failure) return null
  return (
    <p className="st bad">
      <Icon name="bad" />
      <span>
        {texts.actions.notStarted(title)} {startRefusalWords(failure, texts)}
      </span>
    </p>
  )
}
