import { Suspense } from 'react'
import { lateParts } from './late-parts.tsx'

export interface QuestionProps {
  heading: string
  means: string
  /** The harmless answer. */
  keep: string
  go: string
  busy?: boolean
  /** Why the last try failed. */
  failure?: string | undefined
  onKeep(): void
  onGo(): void
}

const dialogs = lateParts(() => import('../overlays/question-dialog.tsx'))
const QuestionDialog = dialogs.part('QuestionDialog')
/** For a button that opens the question. */
export const bringQuestions = dialogs.bring

/** Asks once before something that cannot be undone. Mounted only while it asks. */
export function Question(props: QuestionProps) {
  return (
    <Suspense fallback={null}>
      <QuestionDialog {...props} />
    </Suspense>
  )
}
