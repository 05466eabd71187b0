import { accountIdSchema } from '@standin/contracts'
import type { Command } from 'commander'
import type { ObservedToken } from '../access/observe-refused-token.ts'
import { listObservedTokens } from '../access/observed-token-store.ts'
import { type ObservedIdentities, observeIdentities } from '../callbacks/identity-store.ts'
import { type CommandContext, printable, withDatabase } from './command-context.ts'

/** `identity observed`: what Trackunit really sends, and the settings that would insist on it. */
export function addIdentityCommand(program: Command, context: CommandContext): void {
  const identity = program.command('identity').description("what Trackunit's JWTs carry")
  identity
    .command('observed')
    .description(
      'algorithms, issuers, audiences and claims of proven callbacks and of refused user tokens, with settings',
    )
    .option('--json', 'print it as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { callbacks, tokens } = await withDatabase(context, async ({ db }) => ({
        callbacks: await observeIdentities(db),
        tokens: await listObservedTokens(db),
      }))
      const shown = {
        callbacks: { accounts: callbacks.accounts, observed: callbacks.observed.map(withPin(callbacks.accounts)) },
        refusedUserTokens: tokens.map(withUserSetting),
      }
      context.print(json ? JSON.stringify(shown) : lines(shown).join('\n'))
    })
}

/** The setting that would insist on a value: only where every account's callbacks had it, and it is no account's own. */
function withPin(accounts: number) {
  return ({ kind, value, accounts: withIt }: ObservedIdentities['observed'][number]) => {
    const setting = { algorithm: 'CALLBACK_ALGORITHMS', issuer: 'CALLBACK_ISSUER', audience: 'CALLBACK_AUDIENCE' }
    const isOneAccounts = accountIdSchema.safeParse(value).success
    const pins = kind !== 'claim' && withIt === accounts && !isOneAccounts
    const text = printable(value)
    return { kind, value: text, accounts: withIt, setting: pins ? `${setting[kind]}=${text}` : null }
  }
}

function withUserSetting({ kind, value, form, count, lastAt }: ObservedToken) {
  const text = printable(value)
  return { kind, value: text, form, count, lastAt: lastAt.toISOString(), setting: userSetting({ kind, form, text }) }
}

function userSetting({ kind, form, text }: Pick<ObservedToken, 'kind' | 'form'> & { text: string }): string | null {
  if (kind === 'issuer') return `USER_TOKEN_ISSUER=${text}`
  if (kind === 'audience') return `USER_TOKEN_AUDIENCE=${text}`
  if (kind !== 'claim') return null
  if (form === 'this app') return `USER_TOKEN_APP_CLAIM=${text}`
  if (form === 'account id') return `USER_TOKEN_ACCOUNT_CLAIM=${text}`
  if (/^(scp|scopes?)$/.test(text)) return `USER_TOKEN_SCOPE_CLAIM=${text}`
  return text === 'sub' ? 'USER_TOKEN_USER_CLAIM=sub' : null
}

interface Shown {
  callbacks: { accounts: number; observed: ReturnType<ReturnType<typeof withPin>>[] }
  refusedUserTokens: ReturnType<typeof withUserSetting>[]
}

function lines({ callbacks, refusedUserTokens }: Shown): string[] {
  return [
    `Proven callbacks of ${callbacks.accounts} accounts:`,
    ...callbacks.observed.map(({ kind, value, accounts, setting }) =>
      ['', kind, value, `${accounts} accounts`, setting].filter((part) => part !== null).join('  '),
    ),
    'Refused user tokens, which nobody has verified:',
    ...refusedUserTokens.map(({ kind, value, form, count, setting }) =>
      ['', kind, value, form, `${count} times`, setting].filter((part) => part !== null).join('  '),
    ),
  ]
}
