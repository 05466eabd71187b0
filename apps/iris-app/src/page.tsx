import { StrictMode, startTransition } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { firstAnswers } from './first-answers.ts'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element #root')

const PATIENCE_MS = 500

// Until then the document's own skeleton stands. Drawn once with the answers, the first words come earlier than drawn
// without them and again; who has to wait for long sees the tabs meanwhile. What went wrong is said by the app.
const first = await firstAnswers
await Promise.race([first?.settled, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))])
// As a transition, it is drawn around nothing that is there already: what follows a fallback React holds back for 300 ms.
startTransition(() =>
  createRoot(root).render(
    <StrictMode>
      <App first={first} />
    </StrictMode>,
  ),
)
