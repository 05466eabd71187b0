import '@standin/iris-ui/styles.css'
import { showExtension } from '@standin/iris-ui/local'

void showExtension(() => import('./extensions/fleet-extension/src/index.tsx'))
