#!/usr/bin/env node
import { existsSync } from 'node:fs'
import nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const leastNode = 26
if (Number.parseInt(process.versions.node, 10) < leastNode) {
  const wish = `Standin needs Node ${leastNode} or newer, and this is ${process.versions.node}.`
  process.stderr.write(`${wish} Install it from https://nodejs.org/, then run the command again.\n`)
  process.exit(1)
}
// Compiling takes half of a short command's time. The cache is beside the code: who can write there can change the code, too.
const installed = findUpwards(import.meta.dirname, ['node_modules'])
if (installed) nodeModule.enableCompileCache(join(installed, '.cache', 'standin-compiled'))
// After the check: an older Node cannot even parse it.
const { runOperatorCommand } = await import('../src/operator/operator.ts')

// A reader that has enough, such as `head`, closes the pipe. What was begun is finished; what follows callbacks ends.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.emit('SIGTERM', 'SIGTERM')
  })

const file = findUpwards(process.cwd(), ['standin.config.ts', 'standin.config.js'])
if (!file) {
  process.stderr.write(
    'There is no standin.config.ts in this folder or above it. Run the command inside your project.\n',
  )
  process.exit(2)
}
const { default: app } = await import(pathToFileURL(file).href)
const exitCode = await runOperatorCommand({
  app,
  root: dirname(file),
  argv: process.argv.slice(2),
  environment: process.env,
  isColoured: process.stdout.isTTY === true && !process.env.NO_COLOR, // https://no-color.org
  writeOut: (text) => void process.stdout.write(text),
  writeErr: (text) => void process.stderr.write(text),
})
// What a command gave up waiting for, such as a database that is frozen, does not keep the process.
const written = [process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done)))
await Promise.all(written)
process.exit(exitCode)

function findUpwards(folder: string, names: readonly string[]): string | undefined {
  const found = names.map((name) => join(folder, name)).find((path) => existsSync(path))
  const parent = dirname(folder)
  return found ?? (parent === folder ? undefined : findUpwards(parent, names))
}
