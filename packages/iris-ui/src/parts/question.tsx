import { Suspense } from 'react'
import type { QuestionProps } from '../overlays/question-dialog.tsx'
import { lateParts } from './late-parts.tsx'

const dialogs = lateParts(() => import('../overlays/question-dialog.tsx'))
const QuestionDialog = dialogs.part('QuestionDialog')
/** For who shows a button that is going to ask. */
export const bringQuestions = dialogs.bring

/** Asks once, before what cannot be taken back. Stands on the page only while it asks. */
export function Question(props: QuestionProps) {
  return (
    <Suspense fallback={null}>
      <QuestionDialog {...props} />
    </Suspense>
  )
}
