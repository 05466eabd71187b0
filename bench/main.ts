// What Standin costs, side by side with its peers in one run: `npm run bench`, or `npm run bench -- token` for the rows
// whose id has that word. Ratios are what to look at: see compare.ts.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { startBenchStack } from './bench-stack.ts'
import { type Comparison, compare, type Row } from './compare.ts'
import { printTable } from './print-table.ts'
import { cachedToken } from './rows/cached-token.ts'
import { tokenOverHttp } from './rows/token-over-http.ts'

const rounds = 5
const [only = ''] = process.argv.slice(2)
const rows: Row[] = []

async function measure(comparisons: readonly Comparison[]): Promise<void> {
  for (const comparison of comparisons) {
    if (!comparison.id.includes(only)) continue
    process.stderr.write(`${comparison.name} …\n`)
    rows.push(await compare(comparison, { rounds }))
  }
}

await measure(cachedToken())
{
  await using stack = await startBenchStack()
  await measure(tokenOverHttp(stack))
}

const at = new Date().toISOString()
const machine = { cores: availableParallelism(), model: cpus()[0]?.model ?? 'unknown', node: process.version }
const folder = join(import.meta.dirname, 'results')
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, `${at.replaceAll(':', '-')}.json`), `${JSON.stringify({ at, machine, rows }, null, 2)}\n`)
process.stdout.write(`${printTable(rows)}\n`)
