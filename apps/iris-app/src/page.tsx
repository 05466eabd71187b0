import { StrictMode, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { firstAnswers } from './first-answers.ts'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element #root')

const PATIENCE_MS = 500

// Until then, the document's own skeleton is shown. Rendering once, with the answers, shows the first text earlier than
// rendering twice; if the answers take long, the tabs are shown without them. The app reports what went wrong.
const first = await firstAnswers
await Promise.race([first?.settled, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))])
// A transition avoids a Suspense fallback, after which React waits for 300 ms.
startTransition(() =>
  createRoot(root).render(
    <StrictMode>
      <App first={first} />
    </StrictMode>,
  ),
)
