import { accountIdSchema } from '@standin/contracts'
import type { Command } from 'commander'
import { listObservedTokens } from '../access/observed-token-store.ts'
import { type ObservedIdentities, observeIdentities } from '../callbacks/identity-store.ts'
import { printable, printResult, type Terminal, withContext } from './terminal.ts'

type ObservedToken = Awaited<ReturnType<typeof listObservedTokens>>[number]

/** `identity observed`: what Trackunit really sends, and the settings that would require it. */
export function addIdentityCommand(program: Command, terminal: Terminal): void {
  const identity = program.command('identity').addHelpText('afterAll', examples)
  identity
    .command('observed')
    .description('algorithms, issuers, audiences and claims of proven callbacks and refused user tokens, with settings')
    .option('--json', 'print it as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const shown = await withContext(terminal, async ({ db }) => {
        const { accounts, observed } = await observeIdentities(db)
        return {
          callbacks: { accounts, observed: observed.map((each) => withCallbackSetting(each, accounts)) },
          refusedUserTokens: (await listObservedTokens(db)).map(withUserSetting),
        }
      })
      printResult(terminal, json, shown, () => linesOf(shown).join('\n'))
    })
}

const examples = `
Examples:
  standin identity observed
  standin identity observed --json`

const callbackSettings = { algorithm: 'CALLBACK_ALGORITHMS', issuer: 'CALLBACK_ISSUER', audience: 'CALLBACK_AUDIENCE' }

/** With a setting only where the callbacks of every account had the value, and it is not an account's id. */
function withCallbackSetting(observed: ObservedIdentities['observed'][number], accounts: number) {
  const { kind, accounts: withIt } = observed
  const value = printable(observed.value)
  const isAccountId = accountIdSchema.safeParse(observed.value).success
  const isSetting = kind !== 'claim' && withIt === accounts && !isAccountId
  return { kind, value, accounts: withIt, setting: isSetting ? `${callbackSettings[kind]}=${value}` : null }
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
  callbacks: { accounts: number; observed: ReturnType<typeof withCallbackSetting>[] }
  refusedUserTokens: ReturnType<typeof withUserSetting>[]
}

function linesOf({ callbacks, refusedUserTokens }: Shown): string[] {
  const line = (...parts: Array<string | null>) => ['', ...parts].filter((part) => part !== null).join('  ')
  return [
    `Proven callbacks of ${callbacks.accounts} accounts:`,
    ...callbacks.observed.map((each) => line(each.kind, each.value, `${each.accounts} accounts`, each.setting)),
    'Refused user tokens (not verified):',
    ...refusedUserTokens.map((each) => line(each.kind, each.value, each.form, `${each.count} times`, each.setting)),
  ]
}
