import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { managerConnection } from '../trackunit-stand-in/manager-connection.ts'
import { App } from './app.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element #root')

// Until Manager answers, the document's own skeleton stands; what went wrong is said by the app.
await managerConnection.catch(() => {})
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
