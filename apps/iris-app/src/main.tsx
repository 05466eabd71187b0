import '@standin/iris-ui/styles.css'
// Small and loaded first, so that requests to Manager and the server start while the rest is still loading.
import './first-answers.ts'

void import('./page.tsx')
