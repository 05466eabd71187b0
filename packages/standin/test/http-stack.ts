import { type BudgetPolicy, createBudgets } from '../src/access/budgets.ts'
import type { Caller, ServiceCaller } from '../src/access/caller.ts'
import { createCallerLimits } from '../src/access/caller-limits.ts'
import { nothingForwarded } from '../src/access/observe-forwarding.ts'
import { createSeenUsers } from '../src/access/seen-users.ts'
import { createServiceKey } from '../src/access/service-key.ts'
import type { AccountLookups, HttpContext } from '../src/http/http-context.ts'
import { createLogger } from '../src/observability/logger.ts'
import { createBareContext } from './bare-context.ts'

interface HttpOptions {
  environment?: Record<string, string>
  accountOf?: Partial<AccountLookups>
  administratorScopes?: string[] | undefined
  logLevel?: 'trace' | 'info' | 'silent'
  budgets?: Partial<BudgetPolicy> | undefined
}

/** What every request needs, without a database: callers are given, refusals and log lines are kept. */
export function createHttpStack({
  environment,
  accountOf,
  administratorScopes,
  logLevel = 'trace',
  budgets,
}: HttpOptions = {}) {
  let log = ''
  let lookUps = 0
  const refused: string[] = []
  const bare = createBareContext(environment ? { environment } : {})
  const services = new Map<string, ServiceCaller>()
  const users = new Map<string, Extract<Caller, { kind: 'user' }>>()
  const userTokens: HttpContext['config']['userTokens'] = {
    issuer: 'manager',
    jwksUrl: 'https://keys.example',
    jwksCooldownMs: 1,
    audience: undefined,
    appClaim: undefined,
    accountClaim: 'account',
    userClaim: 'sub',
    emailClaim: 'email',
    scopeClaim: 'scp',
    administratorScopes,
  }
  const ctx: HttpContext = {
    ...bare,
    config: { ...bare.config, userTokens },
    log: createLogger(logLevel, { write: (line) => (log += line) }),
    metrics: { ...bare.metrics, countRefusal: ({ route, reason }) => refused.push(`${route} ${reason}`) },
    access: {
      keys: {
        async find(digest) {
          lookUps++
          return services.get(digest)
        },
        on: (caller) => caller,
        wasGood: () => true,
        readAgain: () => {},
      },
      limits: createCallerLimits({ failuresPerMinute: 1_000 }, bare.clock),
      budgets: createBudgets({ ...bare.config.limits, ...budgets }),
      userKeys: {
        async verify(jwt) {
          lookUps++
          const user = users.get(jwt)
          if (!user) return { outcome: 'invalid' }
          const claims = {
            iss: 'manager',
            exp: Math.floor(bare.clock.now().getTime() / 1_000) + 3_600,
            sub: user.id,
            account: user.accountId,
            name: user.name ?? undefined,
            scp: user.scopes,
          }
          return {
            outcome: 'verified',
            keyId: undefined,
            payload: new TextEncoder().encode(JSON.stringify(claims)),
            algorithm: 'ES256',
          }
        },
        refreshIfAllowed: async () => {},
        refreshIfOld: async () => false,
        askedAtMs: () => undefined,
        ageMs: () => undefined,
      },
      seenUsers: createSeenUsers(bare),
      refusedTokens: { seen: new Map(), observe: () => {} },
      forwarding: nothingForwarded(),
    },
    http: {
      accountOfRun: async () => undefined,
      accountOfSchedule: async () => undefined,
      accountOfArtifact: async () => undefined,
      ...accountOf,
    },
  }
  return {
    ctx,
    refused,
    lookUps: () => lookUps,
    logged: () => log,
    forgetLog: () => {
      log = ''
      refused.length = 0
    },
    /** @returns the Authorization header that authenticates this caller */
    admit(caller: Caller): string {
      if (caller.kind === 'user') {
        const token = `user-${users.size}`
        users.set(token, caller)
        return `Bearer ${token}`
      }
      const { key, digest } = createServiceKey()
      services.set(digest, caller)
      return `Bearer ${key.reveal()}`
    },
  }
}
