import '@standin/iris-ui/styles.css'
// Small and first, so that Manager and the server are asked while the rest is on its way.
import './first-answers.ts'

void import('./page.tsx')
