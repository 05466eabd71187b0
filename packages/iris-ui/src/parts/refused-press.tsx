import { failureOf } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { useSurroundings } from '../surroundings.ts'
import { Icon } from './icon.tsx'

/** What did not happen, and the server's reason. Its place is there before, so that screen readers announce it. */
export function RefusedPress({ error, what }: { error: unknown; what: string }) {
  const { texts } = useSurroundings()
  return (
    <div role="alert" className="alert">
      {error !== null && error !== undefined && (
        <p className="st bad">
          <Icon name="bad" />
          <span>
            {what} {refusalWords(failureOf(error), texts)}
          </span>
        </p>
      )}
    </div>
  )
}
