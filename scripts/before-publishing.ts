import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { placeholderIn } from './placeholder-in.ts'

// What `pnpm publish` runs before it publishes a package. Packing does not run it.

const problem = placeholderIn(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`)
  process.exit(1)
}
