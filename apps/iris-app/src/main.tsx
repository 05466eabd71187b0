import '@standin/iris-ui/styles.css'
// Small and first, so that Manager is asked while the rest is on its way.
import '../trackunit-stand-in/manager-connection.ts'

void import('./page.tsx')
