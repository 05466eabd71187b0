import type { Command } from 'commander'
import type { AccountsContext } from '../accounts/accounts-context.ts'
import { approveCredentials, refuseCredentials, releaseCredentials } from '../accounts/decide-credentials.ts'
import { eraseData } from '../accounts/erase-data.ts'
import { pauseAccount, resumeAccount } from '../accounts/pause-account.ts'
import { rollBackCredentials } from '../accounts/roll-back-credentials.ts'
import { tryAccessNow } from '../accounts/try-access-now.ts'
import { dismissUninstall, eraseInstallation, restoreInstallation } from '../accounts/uninstall.ts'
import type { Actor } from '../audit/record.ts'
import { accountArgument, generationArgument } from './arguments.ts'
import { checkKnownAccount } from './check-known-account.ts'
import { describeForOperator, installationLines } from './installations-output.ts'
import { operator, printResult, type Terminal, withContext } from './terminal.ts'

interface Decision {
  description: string
  /** @returns a sentence that says what was done */
  decide: (ctx: AccountsContext, key: { accountId: string; generation: number; actor: Actor }) => Promise<string>
}

/** What the operator can decide about one generation of credentials. */
export const decisions: Record<'approve' | 'refuse' | 'release' | 'rollback', Decision> = {
  approve: {
    description: 'bring credentials into force that await approval',
    async decide(ctx, key) {
      await approveCredentials(ctx, key)
      return `Credentials ${key.generation} of ${key.accountId} are in force.`
    },
  },
  refuse: {
    description: 'refuse credentials that await approval; those in force stay',
    async decide(ctx, key) {
      await refuseCredentials(ctx, key)
      return `Credentials ${key.generation} of ${key.accountId} are refused, and kept.`
    },
  },
  release: {
    description: 'release credentials from quarantine; they are proven like new ones',
    async decide(ctx, key) {
      await releaseCredentials(ctx, key)
      return `Credentials ${key.generation} of ${key.accountId} are being proven; "installations show" shows the result.`
    },
  },
  rollback: {
    description: 'go back to superseded or rejected credentials, as a new generation',
    async decide(ctx, key) {
      const generation = await rollBackCredentials(ctx, key)
      return `Credentials ${key.generation} of ${key.accountId} are being proven again as generation ${generation}; the credentials in force serve until they work.`
    },
  },
}

/** What the operator can do about an account as a whole. */
export const undoings: Record<
  'try' | 'pause' | 'resume' | 'restore' | 'dismiss',
  { description: string; decide: (ctx: AccountsContext, of: { accountId: string; actor: Actor }) => Promise<string> }
> = {
  try: {
    description: 'try credentials that wait for their next attempt now',
    async decide(ctx, of) {
      await tryAccessNow(ctx, of)
      return `The access of ${of.accountId} is tried as soon as Trackunit allows; "installations show" shows the result.`
    },
  },
  pause: {
    description: 'stop an account until it is resumed: no tokens, no runs, no deliveries; nothing is erased',
    async decide(ctx, of) {
      await pauseAccount(ctx, of)
      return `${of.accountId} is paused: it gets no token, and runs stop at their next checkpoint. Tokens already handed out work until they expire.`
    },
  },
  resume: {
    description: 'end a pause: tokens, runs, schedules and deliveries continue',
    async decide(ctx, of) {
      await resumeAccount(ctx, of)
      return `${of.accountId} is resumed: its tokens, runs, schedules and deliveries continue.`
    },
  },
  restore: {
    description: 'bring a suspended account back as it was; possible until it is erased',
    async decide(ctx, of) {
      await restoreInstallation(ctx, of)
      return `${of.accountId} is restored: its tokens, runs and schedules continue.`
    },
  },
  dismiss: {
    description: 'dismiss a signalled uninstall as wrong; restores the account if it is suspended',
    async decide(ctx, of) {
      await dismissUninstall(ctx, of)
      return `The uninstall of ${of.accountId} is dismissed.`
    },
  },
}

/** `installations approve|refuse|release|rollback|try|pause|resume|restore|dismiss|erase`. Each prints the account as it is afterwards. */
export function addInstallationDecisions(installations: Command, terminal: Terminal): void {
  for (const [name, { description, decide }] of Object.entries(decisions))
    installations
      .command(name)
      .description(description)
      .addArgument(accountArgument())
      .addArgument(generationArgument())
      .option('--json', 'print the account as JSON')
      .action((accountId: string, generation: number, { json }: { json?: boolean }) =>
        change(terminal, accountId, json, (ctx) => decide(ctx, { accountId, generation, actor: operator })),
      )

  for (const [name, { description, decide }] of Object.entries(undoings))
    installations
      .command(name)
      .description(description)
      .addArgument(accountArgument())
      .option('--json', 'print the account as JSON')
      .action((accountId: string, { json }: { json?: boolean }) =>
        change(terminal, accountId, json, (ctx) => decide(ctx, { accountId, actor: operator })),
      )

  installations
    .command('erase')
    .description('uninstall an account here: erases its secrets and tokens, ends its runs; its audit entries stay')
    .addArgument(accountArgument())
    .requiredOption('--yes', 'confirm: the secrets cannot be restored')
    .option('--json', 'print the account as JSON')
    .action((accountId: string, { json }: { json?: boolean }) =>
      change(terminal, accountId, json, (ctx) => eraseNow(ctx, { accountId, actor: operator })),
    )
}

/** @returns a sentence that says what was done */
export async function eraseNow(ctx: AccountsContext, of: { accountId: string; actor: Actor }): Promise<string> {
  await eraseInstallation(ctx, of)
  await eraseData(ctx, of.accountId)
  return `${of.accountId} is erased. The account can install the app again.`
}

async function change(
  terminal: Terminal,
  accountId: string,
  json: boolean | undefined,
  work: (ctx: AccountsContext) => Promise<string>,
): Promise<void> {
  const { sentence, described } = await withContext(terminal, async (ctx) => ({
    sentence: await checkKnownAccount(ctx, accountId).then(() => work(ctx)),
    described: await describeForOperator(ctx, accountId),
  }))
  terminal.say(sentence)
  printResult(terminal, json, described, () => installationLines(described))
}
