import '@standin/iris-ui/styles.css'

/** What Manager shows in the extension's frame. */
export { App as default } from '../../../src/app.tsx'
