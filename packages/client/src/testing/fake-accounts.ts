import type {
  AccountEvent,
  ErrorReason,
  Installation,
  InstallationState,
  IssuedToken,
  IssueTokenInput,
} from '@standin/contracts'
import { tokenFingerprint } from '../token-fingerprint.ts'
import { createFakeEventLog } from './fake-event-log.ts'
import { FakeRefusal } from './fake-link.ts'

const tokenLifeMs = 3_600_000
const cacheForMs = 300_000

interface FakeAccount {
  state: InstallationState
  scopes: readonly string[]
  generation: number
  sinceMs: number
  token: { text: string; untilMs: number } | undefined
}

/** Why no token is issued, by the state of an installation. The other states are served. */
const refusals: Partial<Record<InstallationState, ErrorReason>> = {
  none: 'INSTALLATION_NOT_FOUND',
  pending: 'CREDENTIALS_PENDING',
  parked: 'CREDENTIALS_REJECTED',
  rejected: 'CREDENTIALS_REJECTED',
  quarantined: 'CREDENTIALS_QUARANTINED',
  'awaiting-approval': 'CREDENTIALS_AWAITING_APPROVAL',
  suspended: 'INSTALLATION_UNINSTALLED',
  paused: 'INSTALLATION_PAUSED',
  uninstalled: 'INSTALLATION_UNINSTALLED',
}

/** States that the feed announces when an installation enters them. */
const announced = new Set<InstallationState>(['active', 'parked', 'suspended', 'paused', 'uninstalled'])

/** The installations of a fake server and their tokens. */
export function createFakeAccounts(nowMs: () => number) {
  const accounts = new Map<string, FakeAccount>()
  const events = createFakeEventLog<Pick<AccountEvent, 'accountId' | 'type'>>()
  let tokensIssued = 0

  const iso = (atMs: number) => new Date(atMs).toISOString()
  const announce = (accountId: string, type: AccountEvent['type']) => events.add({ accountId, type }, iso(nowMs()))

  function known(accountId: string): FakeAccount {
    const account = accounts.get(accountId)
    if (account === undefined) throw new FakeRefusal('INSTALLATION_NOT_FOUND')
    return account
  }

  function newToken(accountId: string): { text: string; untilMs: number } {
    tokensIssued++
    return { text: `fake-token-${tokensIssued}-of-${accountId}`, untilMs: nowMs() + tokenLifeMs }
  }

  function describe(accountId: string): Installation {
    const account = accounts.get(accountId)
    return {
      accountId,
      state: account?.state ?? 'none',
      since: account ? iso(account.sinceMs) : null,
      reason: (account && refusals[account.state]) ?? null,
      generation: account?.generation ?? null,
      requestedScopes: [...(account?.scopes ?? [])],
      grantedScopes: account?.state === 'active' ? [...account.scopes] : [],
      deniedScopes: [],
      missingFromPlan: [],
      waiting: [],
      uninstallSignalledAt: null,
      mayApprove: false,
      trackunit: { unavailableSince: null, limitedUntil: null },
    }
  }

  /** @throws FakeRefusal in the states in which the real server refuses */
  function served(accountId: string): FakeAccount {
    const account = known(accountId)
    const refusal = refusals[account.state]
    if (refusal) throw new FakeRefusal(refusal)
    return account
  }

  return {
    events,
    describe,
    served,
    install(accountId: string, scopes: readonly string[]): void {
      const generation = (accounts.get(accountId)?.generation ?? 0) + 1
      accounts.set(accountId, { state: 'active', scopes, generation, sinceMs: nowMs(), token: undefined })
      announce(accountId, 'installed')
      announce(accountId, 'active')
    },
    setState(accountId: string, state: Exclude<InstallationState, 'none' | 'superseded'>): void {
      const account = known(accountId)
      Object.assign(account, { state, sinceMs: nowMs(), token: undefined })
      if (announced.has(state)) announce(accountId, state as AccountEvent['type'])
    },
    list: () => [...accounts.keys()].map(describe),
    async issue({ accountId, scopes, rejectedFingerprint }: IssueTokenInput): Promise<IssuedToken> {
      const account = served(accountId)
      const missing = scopes?.find((scope) => !account.scopes.includes(scope))
      if (missing !== undefined) throw new FakeRefusal('SCOPE_NOT_GRANTED')

      const isUsable = account.token !== undefined && account.token.untilMs > nowMs()
      const isRejected =
        account.token !== undefined && (await tokenFingerprint(account.token.text)) === rejectedFingerprint
      if (!isUsable || isRejected) account.token = newToken(accountId)
      const token = account.token ?? newToken(accountId)
      return {
        accessToken: token.text,
        tokenType: 'Bearer',
        expiresAt: iso(token.untilMs),
        expiresInMs: token.untilMs - nowMs(),
        cacheForMs,
        scopes: [...(scopes ?? account.scopes)],
      }
    },
  }
}
