#!/usr/bin/env node
import { createSimulator } from './create-simulator.ts'
import { readEnvironment } from './environment.ts'
import { readManifest } from './manifest.ts'

const environment = readEnvironment(process.env)

if ('problems' in environment) {
  for (const problem of environment.problems) say(problem)
  process.exitCode = 1
} else {
  try {
    const simulator = await createSimulator({
      ...environment,
      manifest: await readManifest(environment.manifestPath),
      report: say,
    })

    const { url } = await simulator.listen()
    // Before the line below, because its reader may stop the process at once.
    const stop = () => simulator.close().then(() => process.exit(0), fail)
    process.once('SIGTERM', stop).once('SIGINT', stop)

    const memory = environment.dataDir === undefined ? 'in memory only' : `kept in ${environment.dataDir}`
    say(`ready on ${url}, ${environment.fleetSize} machines, accounts ${memory}`)
  } catch (error) {
    fail(error)
  }
}

function fail(error: unknown) {
  say(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

function say(line: string) {
  process.stderr.write(`trackunit-simulator: ${line}\n`)
}
