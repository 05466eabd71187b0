import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { firstAnswers } from './first-answers.ts'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element #root')

// Until Manager answers, the document's own skeleton stands; what went wrong is said by the app.
const first = await firstAnswers
createRoot(root).render(
  <StrictMode>
    <App first={first} />
  </StrictMode>,
)
