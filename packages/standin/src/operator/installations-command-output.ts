import { accountIdSchema } from '@standin/contracts'
import { Argument, InvalidArgumentError } from 'commander'
import { listCredentials } from '../accounts/credential-store.ts'
import { type DescribedInstallation, describeInstallation } from '../accounts/describe-installation.ts'
import { findInstallation } from '../accounts/installation-store.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../database/database.ts'
import { printable } from './command-context.ts'

/** What the operator sees on top: every generation, since rolling back and releasing name one. */
export type OperatorsInstallation = DescribedInstallation & {
  generations: Array<{
    generation: number
    state: string
    since: string
    reason: string | null
    clientId: string
    bound: boolean
    /** Whether the secret is still there, so that it can be gone back to. */
    kept: boolean
  }>
}

export async function describeForOperator(
  db: Database,
  config: Config,
  accountId: string,
): Promise<OperatorsInstallation> {
  const rows = await listCredentials(db, accountId)
  const described = describeInstallation(accountId, {
    installation: await findInstallation(db, accountId),
    rows,
    requestedScopes: config.app.scopes.map(({ scope }) => scope),
    patienceMs: config.callback.patienceMs,
  })
  return {
    ...described,
    generations: rows.map(({ generation, state, since, reason, clientId, bound, sealedSecret }) => ({
      ...{ generation, state, reason, bound },
      since: since.toISOString(),
      clientId: printable(clientId, 64),
      kept: sealedSecret !== null,
    })),
  }
}

export const installationLine = ({ accountId, state, since, generation, grantedScopes }: DescribedInstallation) =>
  [accountId, state, since ?? '-', `generation ${generation ?? '-'}`, printable(grantedScopes.join(' '))].join('  ')

const triesLine = ({ count, lastAt, nextAt, endsAt }: NonNullable<DescribedInstallation['tries']>) =>
  [
    `  tried ${count} times`,
    ...(lastAt ? [`last ${lastAt}`] : []),
    ...(nextAt ? [`next ${nextAt}`] : []),
    ...(endsAt ? [`given up ${endsAt}`] : []),
  ].join('  ')

/** One account in full: its state, how it is tried, an uninstall that is signalled, and each generation. */
export const installationLines = (described: OperatorsInstallation): string =>
  [
    installationLine(described),
    ...(described.tries ? [triesLine(described.tries)] : []),
    ...(described.uninstallSignalledAt ? [`  uninstall signalled  ${described.uninstallSignalledAt}`] : []),
    ...described.generations.map(({ generation, state, since, reason, clientId, bound, kept }) =>
      [
        `  generation ${generation}  ${state}  ${since}  client ${clientId}`,
        ...(reason ? [reason] : []),
        ...(bound ? [] : ['not bound']),
        ...(kept ? [] : ['erased']),
      ].join('  '),
    ),
  ].join('\n')

export const accountArgument = () => new Argument('<account>', "the account's id").argParser(accountId)
export const generationArgument = () =>
  new Argument('<generation>', 'the number of the credentials').argParser(generationNumber)

export function accountId(text: string): string {
  const parsed = accountIdSchema.safeParse(text)
  if (!parsed.success) throw new InvalidArgumentError('an account id is a GUID')
  return parsed.data
}

function generationNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a generation is a number from 1')
  return Number(text)
}
