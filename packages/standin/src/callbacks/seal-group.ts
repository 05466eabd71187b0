import { type Account, type CredentialRow, signatureAfter } from '../accounts/account-store.ts'
import { signedCredentials } from '../accounts/account-table.ts'
import type { InTransaction } from '../context.ts'
import type { Vault } from '../secrets/vault.ts'
import type { GroupChanges } from './apply-store.ts'
import type { ReceivedCredentials } from './callback-decision.ts'
import type { callbacks } from './callback-table.ts'
import type { Decided, DecidedGroup } from './decide-group.ts'

/** The rows that a group of callbacks changes, with every secret sealed and all credentials signed. */
export async function sealGroup(
  ctx: Pick<InTransaction, 'vault' | 'signedRows'>,
  before: ReadonlyMap<string, Account>,
  { accounts, applied }: DecidedGroup,
): Promise<GroupChanges> {
  const { vault } = ctx
  const rowsBefore = new Set([...before.values()].flatMap(({ credentials }) => credentials))
  const changed = [...accounts.values()].flatMap(({ credentials }) => credentials.filter((row) => !rowsBefore.has(row)))
  const entered = applied.filter(({ isEntered }) => isEntered)
  const asBefore = ({ accountId, generation }: CredentialRow) =>
    before.get(accountId)?.credentials.find((row) => row.generation === generation)
  const isNew = ({ accountId, generation }: CredentialRow) =>
    generation > (before.get(accountId)?.installation.lastGeneration ?? 0)

  return {
    installations: [...accounts.values()]
      .map(({ installation }) => installation)
      .filter((installation) => before.get(installation.accountId)?.installation !== installation),
    newCredentials: await Promise.all(changed.filter(isNew).map((row) => sealCredentials(ctx, row))),
    changedCredentials: changed.flatMap((row) => {
      const old = asBefore(row)
      return old ? [{ ...row, mac: signatureAfter(ctx, old, row) }] : []
    }),
    ledger: await Promise.all(entered.map((each) => ledgerRow(vault, each))),
    identities: entered.map(({ known: { verified, contentDigest } }) => ({
      identityDigest: verified.identityDigest,
      accountId: verified.callback.body.accountId,
      contentDigest,
      issuedAt: verified.identity.issuedAt,
    })),
    audit: applied.flatMap(({ audit }) => audit ?? []),
    removedCredentials: [...before.values()].flatMap(({ installation: { accountId }, credentials }) => {
      const left = new Set(accounts.get(accountId)?.credentials.map(({ generation }) => generation))
      return credentials.filter(({ generation }) => !left.has(generation))
    }),
    suspended: accountsOf(applied.filter(({ suspends }) => suspends)),
  }
}

const accountsOf = (applied: readonly Decided[]) => applied.map(({ known }) => known.verified.callback.body.accountId)

async function sealCredentials(
  { vault, signedRows }: Pick<InTransaction, 'vault' | 'signedRows'>,
  { secret, ...row }: ReceivedCredentials,
): Promise<CredentialRow> {
  const { accountId: account, appId: app, generation } = row
  const binding = { account, app, column: 'client-secret', generation } as const
  const sealedSecret = secret ? await vault.seal(secret, binding) : null
  return { ...row, sealedSecret, mac: signedRows.sign(signedCredentials, row) }
}

async function ledgerRow(
  vault: Vault,
  { known: { verified, contentDigest }, status, generation, kept }: Decided,
): Promise<typeof callbacks.$inferInsert> {
  const { accountId, irisAppId: appId, type } = verified.callback.body
  const { issuedAt, claimNames, algorithm, issuer, audiences } = verified.identity
  const binding = { account: accountId, app: appId, column: 'callback-body', generation: generation ?? 0 } as const
  return {
    accountId,
    appId,
    type,
    contentDigest,
    issuedAt,
    outcome: status,
    generation: generation ?? null,
    claimNames,
    algorithm,
    issuer,
    audiences,
    sealedBody: kept ? await vault.seal(kept, binding) : null,
  }
}
