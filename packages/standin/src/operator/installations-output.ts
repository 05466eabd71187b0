import {
  type DescribedInstallation,
  type ReadInstallation,
  readInstallation,
  readInstallations,
} from '../accounts/describe-installation.ts'
import type { Context } from '../context.ts'
import { printable } from './terminal.ts'

export type InstallationForOperator = ReturnType<typeof forOperator>

/** An account with every generation of its credentials: `rollback` and `release` name one. */
export async function describeForOperator(ctx: Context, accountId: string): Promise<InstallationForOperator> {
  return forOperator(await readInstallation(ctx, accountId))
}

/** The same for several accounts. */
export async function describeAllForOperator(
  ctx: Context,
  accountIds: readonly string[],
): Promise<InstallationForOperator[]> {
  return (await readInstallations(ctx, accountIds)).map(forOperator)
}

const forOperator = ({ described, rows, pausedAt, name }: ReadInstallation) => ({
  ...described,
  /** What the operator calls it. */
  accountName: name,
  /** Also where its state says something else: an account that is installed again is still paused. */
  pausedAt: pausedAt?.toISOString() ?? null,
  generations: rows.map(({ generation, state, since, reason, clientId, bound, sealedSecret }) => ({
    generation,
    state,
    reason,
    bound,
    since: since.toISOString(),
    clientId: printable(clientId, 64),
    /** Whether the secret is still stored, so that `rollback` can use it. */
    kept: sealedSecret !== null,
  })),
})

const installationLine = ({ accountId, state, since, generation, grantedScopes }: DescribedInstallation) =>
  [accountId, state, since ?? '-', `generation ${generation ?? '-'}`, printable(grantedScopes.join(' '))].join('  ')

/** One account in full: its state, the attempts to prove it, a signalled uninstall, and each generation. */
export const installationLines = (described: InstallationForOperator): string =>
  [
    ...(described.accountName === null ? [] : [printable(described.accountName, 80)]),
    installationLine(described),
    ...(described.tries ? [triesLine(described.tries)] : []),
    ...(described.uninstallSignalledAt ? [`  uninstall signalled  ${described.uninstallSignalledAt}`] : []),
    ...(described.pausedAt ? [`  paused by the operator  ${described.pausedAt}  until it is resumed`] : []),
    ...(described.erasesAt ? [`  erased at  ${described.erasesAt}  unless it is restored`] : []),
    ...described.generations.map(({ generation, state, since, reason, clientId, bound, kept }) =>
      [
        `  generation ${generation}  ${state}  ${since}  client ${clientId}`,
        ...(reason ? [reason] : []),
        ...(bound ? [] : ['not bound']),
        ...(kept ? [] : ['erased']),
      ].join('  '),
    ),
  ].join('\n')

const triesLine = ({ count, lastAt, nextAt, endsAt }: NonNullable<DescribedInstallation['tries']>) =>
  [
    `  tried ${count} times`,
    ...(lastAt ? [`last ${lastAt}`] : []),
    ...(nextAt ? [`next ${nextAt}`] : []),
    ...(endsAt ? [`given up ${endsAt}`] : []),
  ].join('  ')
