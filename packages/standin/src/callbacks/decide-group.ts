import type { Account } from '../accounts/account-store.ts'
import type { StandinError } from '../standin-error.ts'
import type { AccountState, Decision, KnownCallback } from './callback-decision.ts'
import { decideCallback } from './callback-kinds.ts'
import { refusalByQuota } from './identity-quota.ts'

export interface Decided extends Decision {
  known: KnownCallback
  /** Whether it enters the ledger: the same JWT, sent any number of times, does not fill the disk. */
  isEntered: boolean
}

export interface DecidedGroup {
  /** One for each callback, in their order. */
  outcomes: ReadonlyArray<Decided | { refused: StandinError }>
  /** Those that no quota refused. */
  applied: readonly Decided[]
  /** The accounts after all of them. */
  accounts: ReadonlyMap<string, AccountState>
}

/**
 * Decides about callbacks of one transaction as if each had come after the one before it was committed. Pure.
 * @param unproven unbound first installs that wait for their proof
 */
export function decideGroup(
  callbacks: readonly KnownCallback[],
  before: { accounts: ReadonlyMap<string, Account>; unproven: number; now: Date },
): DecidedGroup {
  const accounts = new Map<string, AccountState>(before.accounts)
  let { unproven } = before
  const entered: KnownCallback[] = []

  const outcomes = callbacks.map((of): Decided | { refused: StandinError } => {
    const known = withEntered(of, entered)
    const refused = known.appliedBefore ? undefined : refusalByQuota(known, unproven)
    if (refused) return { refused }

    const { callback, bound } = known.verified
    const { accountId } = callback.body
    const account = accounts.get(accountId)
    if (!account) throw new Error('the row of its account was locked')
    const decision = decideCallback(callback, known, { account, now: before.now })
    if (decision.account) accounts.set(accountId, markForReview(account, decision.account))
    if (decision.isInstall && !bound) unproven++
    const isEntered = !(known.appliedBefore && known.appliedAtThatTime)
    if (isEntered) entered.push(of)
    return { ...decision, known, isEntered }
  })
  return { outcomes, applied: outcomes.filter((outcome) => 'status' in outcome), accounts }
}

/** New credentials alone do not change how an account is served. Any other change needs a review. */
function markForReview(before: AccountState, after: AccountState): AccountState {
  const isSame = after.installation === before.installation
  const bringsNew = after.installation.lastGeneration > before.installation.lastGeneration
  if (isSame || bringsNew) return after
  return { ...after, installation: { ...after.installation, isUnreviewed: true, reviewingUntil: null } }
}

/** Adds the ledger entries of the earlier callbacks of its group. */
function withEntered(known: KnownCallback, entered: readonly KnownCallback[]): KnownCallback {
  const { callback, identity, identityDigest } = known.verified
  const isOfAccount = ({ verified }: KnownCallback) => verified.callback.body.accountId === callback.body.accountId
  const ofIdentity = entered.filter(({ verified }) => verified.identityDigest === identityDigest)
  const same = entered.filter((each) => isOfAccount(each) && each.contentDigest === known.contentDigest)
  const isOfThatTime = ({ verified }: KnownCallback) => +verified.identity.issuedAt === +identity.issuedAt
  return {
    ...known,
    appliedBefore: known.appliedBefore || same.length > 0,
    appliedAtThatTime: known.appliedAtThatTime || same.some(isOfThatTime),
    identityTotal: known.identityTotal + ofIdentity.length,
    identityOfAccount: known.identityOfAccount + ofIdentity.filter(isOfAccount).length,
  }
}
