import { printManifest } from '@standin/iris-ui/manifest'
import app from '../standin.config.ts'

printManifest(app, process.env)
