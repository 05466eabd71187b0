import type { StandinError } from '../standin-error.ts'
import { type AccountOfCallback, type Decision, decideCallback } from './callback-kinds.ts'
import { isAmongMany, refusalByBounds } from './identity-quota.ts'
import type { BelievedCallback } from './verified-callback.ts'

/** A callback with what the database says of it. */
export interface KnownCallback {
  believed: BelievedCallback
  contentDigest: string
  takenBefore: boolean
  /** By a JWT of the same time. */
  takenAtThatTime: boolean
  clientServesAnother: boolean
  /** Different callbacks that its JWT brought, in all and of its account. */
  broughtInAll: number
  broughtOfAccount: number
}

export interface Decided extends Decision {
  known: KnownCallback
  /** Whether it enters the ledger: one JWT can be sent any number of times, and does not fill the disk. */
  isEntered: boolean
}

export interface DecidedInTurn {
  /** One for each callback, in their order. */
  outcomes: ReadonlyArray<Decided | { refused: StandinError }>
  /** The accounts after all of them. */
  accounts: ReadonlyMap<string, AccountOfCallback>
}

/**
 * Decides about callbacks that are taken together as if each had come after the one before it was committed. Pure.
 * @param unproven how many first installs that nothing binds wait for their proof
 */
export function decideInTurn(
  callbacks: readonly KnownCallback[],
  before: { accounts: ReadonlyMap<string, AccountOfCallback>; unproven: number; now: Date },
): DecidedInTurn {
  const accounts = new Map(before.accounts)
  let { unproven } = before
  /** What the ones before it have added to what the database says. */
  const entered = new Map<string, number>()
  const enteredAs = (key: readonly unknown[]) => entered.get(JSON.stringify(key)) ?? 0
  const enter = (key: readonly unknown[]) => entered.set(JSON.stringify(key), enteredAs(key) + 1)

  const outcomes = callbacks.map((known): Decided | { refused: StandinError } => {
    const { believed, contentDigest } = known
    const { callback, identity, identityDigest, bound } = believed
    const { accountId } = callback.body
    const { issuedAt } = identity
    const takenBefore = known.takenBefore || enteredAs(['said', accountId, contentDigest]) > 0
    const takenAtThatTime = known.takenAtThatTime || enteredAs(['said', accountId, contentDigest, issuedAt]) > 0
    const brought = {
      inAll: known.broughtInAll + enteredAs(['brought', identityDigest]),
      ofAccount: known.broughtOfAccount + enteredAs(['brought', identityDigest, accountId]),
    }
    const refused = takenBefore ? undefined : refusalByBounds({ kind: callback.kind, bound }, { brought, unproven })
    if (refused) return { refused }

    const account = accounts.get(accountId)
    if (!account) throw new Error('the row of its account was locked')
    const { clientServesAnother } = known
    const isOfMany = isAmongMany({ kind: callback.kind, bound }, brought)
    const said = { issuedAt, contentDigest, bound, isOfMany, takenBefore, clientServesAnother }
    const decision = decideCallback(callback, said, { account, now: before.now })
    if (decision.account) accounts.set(accountId, decision.account)
    if (decision.isInstall && !bound) unproven++
    const isEntered = !(takenBefore && takenAtThatTime)
    if (isEntered) {
      enter(['said', accountId, contentDigest])
      enter(['said', accountId, contentDigest, issuedAt])
      enter(['brought', identityDigest])
      enter(['brought', identityDigest, accountId])
    }
    return { ...decision, known, isEntered }
  })
  return { outcomes, accounts }
}
