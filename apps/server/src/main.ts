import { createStandin, runServer } from 'standin'
import app from '../../../standin.config.ts'
import { actions } from './actions/index.ts'

await runServer(createStandin({ app, actions }), process.env)
