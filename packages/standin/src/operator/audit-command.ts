import { readFileSync } from 'node:fs'
import { accountIdSchema } from '@standin/contracts'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { createAuditMacs } from '../audit/audit-mac.ts'
import { listHolders, type TokenHolder } from '../audit/chain-store.ts'
import { type AuditProblem, type LoggedHead, verifyAudit } from '../audit/verify-audit.ts'
import { type CommandContext, CommandFailed, printable, withDatabase } from './command-context.ts'

/** `audit verify|holders`: whether anything of what was done was changed since, and who got an account's tokens. */
export function addAuditCommand(program: Command, context: CommandContext): void {
  const audit = program.command('audit').description('what was done: every change and every token that left')
  audit
    .command('verify')
    .description(
      'look for rows that were changed, taken away or put in; the first one of each chain is the first named',
    )
    .option(
      '--heads <file>',
      "lines of the server's log: its `audit head` lines tell of whole chains that are gone",
      heads,
    )
    .option('--json', 'print { rows, chains, problems }')
    .action(async ({ heads, json }: { heads?: LoggedHead[]; json?: boolean }) => {
      const found = await withDatabase(context, ({ db, config }) =>
        verifyAudit(db, createAuditMacs(config.keys.audit), heads),
      )
      context.print(json ? JSON.stringify(found) : found.problems.map(describeProblem).join('\n'))
      context.say(`${found.rows} rows in ${found.chains} chains, ${found.problems.length} problems.`)
      if (found.problems.length > 0) throw new CommandFailed('The audit is not what was written.')
    })

  audit
    .command('holders')
    .description('who got tokens of a set of credentials')
    .requiredOption('--account <id>', "the account's id", accountId)
    .requiredOption('--generation <number>', 'the number of the credentials', generationNumber)
    .option('--json', 'print them as JSON')
    .action(async ({ account, generation, json }: { account: string; generation: number; json?: boolean }) => {
      const holders = await withDatabase(context, ({ db }) => listHolders(db, account, generation))
      const line = (each: TokenHolder) =>
        [
          `${each.actorKind} ${printable(each.actorId)}`,
          each.key ? `key ${printable(each.key)}` : 'no key',
          `${each.tokens} tokens, ${each.handOuts} times`,
          `${each.firstAt} to ${each.lastAt}`,
          printable(each.scopes.join(' ')),
        ].join('  ')
      context.print(json ? JSON.stringify(holders) : holders.map(line).join('\n'))
    })
}

/** One line for people. Writers are names of our own, made of digits. */
function describeProblem(problem: AuditProblem): string {
  switch (problem.type) {
    case 'changed':
      return `changed: row ${problem.seq} of ${problem.writer} (id ${problem.id}, ${problem.at.toISOString()}) is not what was signed`
    case 'missing':
      return `missing: ${rowsFrom(problem)} of ${problem.writer}, before the one of ${problem.at.toISOString()}`
    case 'cut-off':
      return `cut off: ${rowsFrom(problem)} of ${problem.writer}, at its end`
    case 'end-changed':
      return `changed: the ${problem.end} of ${problem.writer} is not what was signed, or is not there`
    case 'unsigned':
      return `put in: the row of id ${problem.id} (${problem.at.toISOString()}) was signed by none of the keys`
    case 'not-as-logged':
      return `missing: row ${problem.seq} of ${problem.writer} is not there as the log has it`
  }
}

const rowsFrom = ({ seq, count }: { seq: number; count: number }) =>
  count === 1 ? `row ${seq}` : `rows ${seq} to ${seq + count - 1}`

const headLine = z.object({ msg: z.literal('audit head'), writer: z.string(), seq: z.int(), mac: z.string() })

/** The heads among the lines of a log. */
function heads(file: string): LoggedHead[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new InvalidArgumentError('a file that can be read')
  }
  return text.split('\n').flatMap((line) => {
    if (!line.includes('audit head')) return []
    try {
      const { writer, seq, mac } = headLine.parse(JSON.parse(line.slice(line.indexOf('{'))))
      return [{ writer, seq, mac }]
    } catch {
      return []
    }
  })
}

function accountId(text: string): string {
  const parsed = accountIdSchema.safeParse(text)
  if (!parsed.success) throw new InvalidArgumentError('an account id is a GUID')
  return parsed.data
}

function generationNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a generation is a number from 1')
  return Number(text)
}
