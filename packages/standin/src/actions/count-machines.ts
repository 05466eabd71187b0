import type { Caller } from '../access/caller.ts'
import type { Clock } from '../clock.ts'
import { issueToken } from '../tokens/issue-token.ts'
import { createAccountClient } from '../trackunit/account-client.ts'
import { countAssets } from '../trackunit/count-assets.ts'
import type { ActionsContext } from './actions-context.ts'
import { allowedAction } from './allowed-action.ts'
import type { MachineCount } from './machine-counts.ts'

const knownForMs = 15 * 60_000
/** Where Trackunit did not say. */
const unknownForMs = 60_000
const patienceMs = 5_000

/**
 * How many machines an account has, for somebody who is about to start an action for the first time: Trackunit's own count, at most
 * a quarter of an hour old, read with the token that a run of theirs will use. Null if it does not come within seconds.
 * @throws StandinError as `allowedAction`
 */
export async function countMachines(
  ctx: ActionsContext,
  caller: Caller,
  { accountId, actionId }: { accountId: string; actionId: string },
): Promise<number | null> {
  const { readsWith } = await allowedAction(ctx, caller, { accountId, actionId })
  const { machineCounts } = ctx.actions
  const key = [accountId, ...readsWith].join(' ')
  const known = machineCounts.get(key)
  if (known && ctx.clock.monotonicMs() < known.untilMs) return known.machines
  const count: MachineCount = { machines: askTrackunit(ctx, accountId, readsWith), untilMs: untilOf(ctx, knownForMs) }
  machineCounts.set(key, count) // Other callers wait for the same answer.
  const machines = await count.machines
  if (machines === null) count.untilMs = untilOf(ctx, unknownForMs)
  return machines
}

const untilOf = ({ clock }: { clock: Clock }, ms: number) => clock.monotonicMs() + ms

async function askTrackunit(ctx: ActionsContext, accountId: string, scopes: string[]): Promise<number | null> {
  const signal = AbortSignal.timeout(patienceMs)
  const trackunit = createAccountClient(ctx, {
    accountId,
    isUrgent: false, // It never makes a run wait.
    signal,
    async token(rejectedFingerprint) {
      const wanted = { accountId, scopes, ...(rejectedFingerprint !== undefined && { rejectedFingerprint }) }
      return issueToken(ctx, { kind: 'system', id: 'count of machines' }, wanted)
    },
  })
  try {
    return await countAssets(trackunit)
  } catch (error) {
    if (!signal.aborted) ctx.log.warn({ err: error }, 'the machines of an account could not be counted')
    return null
  }
}
