import { type ComponentType, StrictMode, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import type { FirstAnswers } from '../connection/first-answers.ts'

const PATIENCE_MS = 500
/** While the first words stand there: what comes next must not take them away again. */
const PATIENCE_AFTER_WORDS_MS = 3_000

/**
 * Until the first answers have come, the document's own skeleton is shown; then the first words, which need no React. Rendering
 * once, with the answers and all parts of the page, shows it earlier than rendering twice; if they take long, the tabs are shown
 * without them. The app reports what went wrong.
 */
export async function showPage(
  Extension: ComponentType<{ first: FirstAnswers | undefined }>,
  firstAnswers: Promise<FirstAnswers | undefined>,
  said: Promise<void>,
): Promise<void> {
  const root = document.getElementById('root')
  if (!root) throw new Error('The page has no element #root')
  const first = await firstAnswers
  await Promise.race([Promise.all([first?.settled, said]), patience()])
  // A transition avoids a Suspense fallback, after which React waits for 300 ms.
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <Extension first={first} />
      </StrictMode>,
    ),
  )
}

async function patience(): Promise<void> {
  await wait(PATIENCE_MS)
  if (document.querySelector('.first-shape.said')) await wait(PATIENCE_AFTER_WORDS_MS)
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
