// `pnpm --filter standin migration`: writes the next migration from what the `*-table.ts` files say.
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const { status } = spawnSync('drizzle-kit', ['generate', ...process.argv.slice(2)], {
  cwd: import.meta.dirname,
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, NODE_OPTIONS: '--conditions=@standin/source' },
})
process.exitCode = status ?? 1

// Drizzle knows no partitions: a table with a column `month` is partitioned by it (`src/database/month-partitions.ts`).
const tableWithMonth = /^(CREATE TABLE "\w+" \((?:\n\t.*)*?\n\t"month" date NOT NULL,(?:\n\t.*)*\n\));$/gm
for (const name of globSync('migrations/*.sql', { cwd: import.meta.dirname })) {
  const path = join(import.meta.dirname, name)
  const made = readFileSync(path, 'utf8')
  const partitioned = made.replace(tableWithMonth, '$1 PARTITION BY LIST ("month");')
  if (partitioned !== made) writeFileSync(path, partitioned)
}
