import { runServer } from 'standin'
import app from '../../../standin.config.ts'
import { actions } from './actions/index.ts'

await runServer({ app, actions, environment: process.env })
