import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { type AuditProblem, type LoggedHead, verifyAudit } from '../audit/verify-audit.ts'
import { addHolders } from './add-holders.ts'
import { addAuditExport } from './audit-export.ts'
import { addAuditList } from './audit-list.ts'
import { findRolledBack, type RolledBackRow } from './find-rolled-back.ts'
import { CommandFailed, printable, printResult, type Terminal, withContext } from './terminal.ts'

/** `audit verify|holders|list|export`: whether the audit was tampered with, who holds an account's tokens, what was done. */
export function addAuditCommand(program: Command, terminal: Terminal): void {
  const audit = program.command('audit').addHelpText('afterAll', examples)
  audit
    .command('verify')
    .description('find entries that were changed, deleted or inserted, and rows put back to an earlier state')
    .option(
      '--heads <file>',
      'a log of the server: its `audit head` lines reveal chains that were deleted, cut off or dropped too early',
      readHeads,
    )
    .option('--json', 'print { rows, chains, problems }')
    .action(async ({ heads, json }: { heads?: LoggedHead[]; json?: boolean }) => {
      const found = await withContext(terminal, async (ctx) => {
        const { problems, ...counts } = await verifyAudit(ctx, heads)
        return { ...counts, problems: [...problems, ...(await findRolledBack(ctx))] }
      })
      const { rows, chains, problems } = found
      printResult(terminal, json, found, () => problems.map(describeProblem).join('\n'))
      terminal.say(`${rows} entries in ${chains} chains, ${problems.length} problems.`)
      if (problems.length > 0) throw new CommandFailed('The audit does not match what was signed.')
    })

  addHolders(audit.command('holders'), terminal)
  addAuditList(audit, terminal)
  addAuditExport(audit, terminal)
}

const examples = `
Examples:
  standin audit verify
  standin audit holders --account 11111111-1111-4111-8111-111111111111 --generation 2
  standin audit list --no-tokens --from 2026-11-01T00:00:00Z
  standin audit list --event credentials.parked
  standin audit list --account 11111111-1111-4111-8111-111111111111 --limit 20
  standin audit export --to 2026-11-01T00:00:00Z
  standin audit export --account 11111111-1111-4111-8111-111111111111 --from 2026-11-01T00:00:00Z`

/** Names of writers are ours, made of digits. */
function describeProblem(problem: AuditProblem | RolledBackRow): string {
  switch (problem.type) {
    case 'rolled-back':
      return `rolled back: ${printable(problem.row)} is not as the entry of ${problem.at.toISOString()} says`
    case 'changed':
      return `changed: entry ${problem.seq} of ${problem.writer} (${rowOf(problem)}, ${problem.at.toISOString()}) is not what was signed`
    case 'kind-changed':
      return `changed: whose token left with entry ${problem.seq} of ${problem.writer}${problem.group === undefined ? '' : ` (${rowOf(problem)})`}, and with others of its kind, is not what was signed`
    case 'kind-missing':
      return `missing: whose token left with entry ${problem.seq} of ${problem.writer} (${rowOf(problem)})`
    case 'missing':
      return `missing: ${entriesFrom(problem)} of ${problem.writer}, before the one of ${problem.at.toISOString()}`
    case 'cut-off':
      return `cut off: ${entriesFrom(problem)} at the end of ${problem.writer}`
    case 'end-changed':
      return `changed: the ${problem.end} of ${problem.writer} is not what was signed, or is missing`
    case 'unsigned':
      return `inserted: row id ${problem.id} (${problem.at.toISOString()}) is signed by none of the keys`
    case 'dropped-early':
      return `missing: entry ${problem.seq} of ${problem.writer} was dropped as old, but the log has it at ${problem.at.toISOString()}`
    case 'not-as-logged':
      return `missing: entry ${problem.seq} of ${problem.writer} does not exist as the log recorded it`
  }
}

/** The row in which an entry is: its own, or that of a group of hand-outs, called by the last of them. */
const rowOf = ({ id, group }: { id?: number; group?: number }) => (group === undefined ? `id ${id}` : `group ${group}`)

const entriesFrom = ({ seq, count }: { seq: number; count: number }) =>
  count === 1 ? `entry ${seq}` : `entries ${seq} to ${seq + count - 1}`

const headLine = z.object({
  msg: z.literal('audit head'),
  writer: z.string(),
  seq: z.int(),
  mac: z.string(),
  at: z.iso.datetime(),
})

/** The `audit head` lines of a log, whatever precedes each line's JSON. */
function readHeads(file: string): LoggedHead[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new InvalidArgumentError('a file that can be read')
  }
  return text.split('\n').flatMap((line) => {
    if (!line.includes('audit head')) return []
    try {
      const { writer, seq, mac, at } = headLine.parse(JSON.parse(line.slice(line.indexOf('{'))))
      return [{ writer, seq, mac, at: new Date(at) }]
    } catch {
      return []
    }
  })
}
