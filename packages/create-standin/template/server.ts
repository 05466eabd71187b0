import { actionsIn, createStandin, runServer } from 'standin'
import app from './standin.config.ts'

const actions = await actionsIn(new URL('./actions/', import.meta.url))
await runServer(createStandin({ app, actions }), process.env)
