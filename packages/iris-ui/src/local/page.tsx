import { type ComponentType, StrictMode, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import type { FirstAnswers } from '../connection/first-answers.ts'

const PATIENCE_MS = 500

/**
 * Until the first answers have come, the document's own skeleton is shown. Rendering once, with the answers, shows the first
 * text earlier than rendering twice; if the answers take long, the tabs are shown without them. The app reports what went wrong.
 */
export async function showPage(
  Extension: ComponentType<{ first: FirstAnswers | undefined }>,
  firstAnswers: Promise<FirstAnswers | undefined>,
): Promise<void> {
  const root = document.getElementById('root')
  if (!root) throw new Error('The page has no element #root')
  const first = await firstAnswers
  await Promise.race([first?.settled, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))])
  // A transition avoids a Suspense fallback, after which React waits for 300 ms.
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <Extension first={first} />
      </StrictMode>,
    ),
  )
}
