import { Suspense } from 'react'
import type { QuestionProps } from '../overlays/question-dialog.tsx'
import { lateFile } from './late-file.ts'
import { lateParts } from './late-parts.tsx'

const dialogs = lateParts(lateFile(() => import('../overlays/question-dialog.tsx')))
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
