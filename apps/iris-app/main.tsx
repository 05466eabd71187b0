import '@standin/iris-ui/styles.css'
import { showExtension } from '@standin/iris-ui/local'
import app from '../../standin.config.ts'

void showExtension(app, () => import('./extensions/fleet-extension/src/index.tsx'))
