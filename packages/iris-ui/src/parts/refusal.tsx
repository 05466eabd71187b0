import type { Failure } from '../connection/failure.ts'
import { refusalWords, startRefusalWords } from '../connection/refusal-words.ts'
import { useSurroundings } from '../surroundings.ts'
import type { Texts } from '../texts/en.ts'
import { Icon } from './icon.tsx'

export interface RefusalProps {
  /** What did not happen. */
  what: string
  failure: Failure
  /** For a start: whether its choices come from an earlier run or from a form. */
  kind?: 'start' | 'again'
}

/** What did not happen, and the server's reason. */
export function Refusal({ what, failure, kind }: RefusalProps) {
  const { texts } = useSurroundings()
  return (
    <p className="st bad">
      <Icon name="bad" />
      <span>
        {what} {reasonOf(failure, kind, texts)}
      </span>
    </p>
  )
}

function reasonOf(failure: Failure, kind: RefusalProps['kind'], texts: Texts): string {
  if (kind === 'again' && failure === 'INPUT_INVALID') return texts.results.because.INPUT_INVALID
  return (kind ? startRefusalWords : refusalWords)(failure, texts)
}
