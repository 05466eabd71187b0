import { createStandin, runServer } from 'standin'
import app from '../../standin.config.ts'
import { machineList } from './machine-list.ts'

// This repository's app with one action: what does not depend on the reference actions is shown and tested with it.
await runServer(createStandin({ app, actions: [machineList] }), process.env)
