import { lazy, Suspense } from 'react'

export interface QuestionProps {
  heading: string
  means: string
  /** The harmless answer. */
  keep: string
  go: string
  busy?: boolean
  /** Why the last try did not work. */
  failure?: string | undefined
  onKeep(): void
  onGo(): void
}

const QuestionDialog = lazy(() => import('../overlays/question-dialog.tsx'))

/** Asks once, before what cannot be taken back. Stands on the page only while it asks. */
export function Question(props: QuestionProps) {
  return (
    <Suspense fallback={null}>
      <QuestionDialog {...props} />
    </Suspense>
  )
}
