import { accountIdSchema, type Installation } from '@standin/contracts'
import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '../config.ts'
import { approveCredentials } from '../credentials/decide-credentials.ts'
import { listCredentials } from '../credentials/credential-store.ts'
import type { Database } from '../database/database.ts'
import { describeInstallation } from '../installations/describe-installation.ts'
import { findInstallation, listInstallations } from '../installations/installation-store.ts'
import { type CommandContext, printable, withDatabase } from './command-context.ts'

const mostListed = 1_000

/** `installations list|show|approve`. */
export function addInstallationsCommand(program: Command, context: CommandContext): void {
  const installations = program.command('installations').description('accounts that installed the app')

  installations
    .command('list')
    .description(`the accounts, at most ${mostListed}`)
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const described = await withDatabase(context, async ({ db, config }) => {
        const rows = await listInstallations(db, mostListed)
        return Promise.all(rows.map(({ accountId }) => describe(db, config, accountId)))
      })
      context.print(json ? JSON.stringify(described) : described.map(line).join('\n'))
    })

  installations
    .command('show')
    .description('one account')
    .argument('<account>', "the account's id", accountId)
    .option('--json', 'print it as JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const described = await withDatabase(context, ({ db, config }) => describe(db, config, id))
      context.print(
        json ? JSON.stringify(described) : [line(described), ...described.waiting.map(waitingLine)].join('\n'),
      )
    })

  installations
    .command('approve')
    .description('bring credentials into force that wait for approval')
    .argument('<account>', "the account's id", accountId)
    .argument('<generation>', 'the number of the credentials', generationNumber)
    .action(async (id: string, generation: number) => {
      await withDatabase(context, ({ db }) =>
        approveCredentials(db, { accountId: id, generation, actor: { kind: 'operator', id: 'command line' } }),
      )
      context.say(`Credentials ${generation} of ${id} are in force.`)
    })
}

async function describe(db: Database, config: Config, accountId: string): Promise<Installation> {
  return describeInstallation(accountId, {
    installation: await findInstallation(db, accountId),
    rows: await listCredentials(db, accountId),
    requestedScopes: config.app.scopes.map(({ scope }) => scope),
  })
}

const line = ({ accountId, state, since, generation, grantedScopes }: Installation) =>
  [accountId, state, since ?? '-', `generation ${generation ?? '-'}`, printable(grantedScopes.join(' '))].join('  ')

const waitingLine = ({ generation, state, since, reason }: Installation['waiting'][number]) =>
  `  waiting: generation ${generation}  ${state}  ${since}  ${reason ?? ''}`

function accountId(text: string): string {
  const parsed = accountIdSchema.safeParse(text)
  if (!parsed.success) throw new InvalidArgumentError('an account id is a GUID')
  return parsed.data
}

function generationNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a generation is a number from 1')
  return Number(text)
}
