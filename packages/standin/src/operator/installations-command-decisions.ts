import type { Command } from 'commander'
import { approveCredentials, refuseCredentials, releaseCredentials } from '../accounts/decide-credentials.ts'
import { eraseInstallation } from '../accounts/erase-installation.ts'
import { rollBackCredentials } from '../accounts/roll-back-credentials.ts'
import { createUninstall } from '../accounts/uninstall.ts'
import type { Actor } from '../audit/record.ts'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Database } from '../database/database.ts'
import { createVault } from '../secrets/vault.ts'
import { whenUninstalled } from '../when-uninstalled.ts'
import { type CommandContext, withDatabase } from './command-context.ts'
import {
  accountArgument,
  describeForOperator,
  generationArgument,
  installationLines,
} from './installations-command-output.ts'

interface Decision {
  description: string
  /** Does it. @returns the sentence that says so */
  decide: (
    key: { accountId: string; generation: number; actor: Actor },
    opened: { db: Database; config: Config },
  ) => Promise<string>
}

const actor: Actor = { kind: 'operator', id: 'command line' }

/** What the operator can decide about one generation of credentials. */
const decisions: Record<'approve' | 'refuse' | 'release' | 'rollback', Decision> = {
  approve: {
    description: 'bring credentials into force that wait for approval',
    async decide(key, { db }) {
      await approveCredentials(db, key)
      return `Credentials ${key.generation} of ${key.accountId} are in force.`
    },
  },
  refuse: {
    description: 'say no to credentials that wait for approval; those in force stay',
    async decide(key, { db }) {
      await refuseCredentials(db, key)
      return `Credentials ${key.generation} of ${key.accountId} are refused, and kept.`
    },
  },
  release: {
    description: 'let credentials out of quarantine, to be proven like new ones',
    async decide(key, { db }) {
      await releaseCredentials(db, { ...key, clock: systemClock })
      return `Credentials ${key.generation} of ${key.accountId} are proven now; "installations show" says how it ended.`
    },
  },
  rollback: {
    description: 'go back to superseded or rejected credentials, as a new generation',
    async decide(key, { db, config }) {
      const vault = createVault(config.keys.encryption)
      const generation = await rollBackCredentials(key, { db, vault, clock: systemClock })
      return `Credentials ${key.generation} of ${key.accountId} are proven again as generation ${generation}; what is in force serves until they work.`
    },
  },
}

/** `installations approve|refuse|release|rollback|erase`. Each prints the account as it is then. */
export function addInstallationDecisions(installations: Command, context: CommandContext): void {
  for (const [name, { description, decide }] of Object.entries(decisions)) {
    installations
      .command(name)
      .description(description)
      .addArgument(accountArgument())
      .addArgument(generationArgument())
      .option('--json', 'print the account as JSON')
      .action(async (accountId: string, generation: number, { json }: { json?: boolean }) => {
        await answer(accountId, { json, work: (opened) => decide({ accountId, generation, actor }, opened) })
      })
  }

  installations
    .command('erase')
    .description('uninstall an account here: its secrets and tokens are erased, its runs end, its audit rows stay')
    .addArgument(accountArgument())
    .requiredOption('--yes', 'erase it: nothing brings the secrets back')
    .option('--json', 'print the account as JSON')
    .action(async (accountId: string, { json }: { json?: boolean }) => {
      await answer(accountId, {
        json,
        work: async ({ db }) => {
          await eraseInstallation({ accountId, actor }, { db, uninstall: createUninstall(whenUninstalled) })
          return `${accountId} is erased. It can install the app again.`
        },
      })
    })

  async function answer(
    accountId: string,
    { json, work }: { json: boolean | undefined; work: (opened: { db: Database; config: Config }) => Promise<string> },
  ): Promise<void> {
    const { sentence, described } = await withDatabase(context, async (opened) => ({
      sentence: await work(opened),
      described: await describeForOperator(opened.db, opened.config, accountId),
    }))
    context.say(sentence)
    context.print(json ? JSON.stringify(described) : installationLines(described))
  }
}
