import '@standin/iris-ui/styles.css'
import { createExtension } from '@standin/iris-ui/trackunit'
import app from '../../../../standin.config.ts'

/** What Manager shows in the extension's frame. */
export default createExtension(app)
