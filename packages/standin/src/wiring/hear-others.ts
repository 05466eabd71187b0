import { noteInstallationChange, noteRunsChange } from '../accounts/account-changes.ts'
import { wakeEventReaders, wakeServiceReaders } from '../accounts/installation-events.ts'
import type { Channel } from '../database/listen.ts'
import { interruptCancelled } from '../runs/cancel-run.ts'
import { loseAllRuns, noteHeldRuns } from '../runs/reap-runs.ts'
import { suspendRuns } from '../runs/wake-runs.ts'
import { forgetAllInForce, forgetInForce, hearTokenChange, recheckTokens } from '../tokens/token-changes.ts'
import type { StandinContext } from './assemble.ts'

/** What this replica does when another one announces a change. After a lost connection it checks everything. */
export async function hearOthers(ctx: StandinContext): Promise<void> {
  const { listener, watch, access, runs, config, log } = ctx
  const isWorker = config.parts.includes('worker')
  const safely = (what: string, accountId: string, work: Promise<void>) =>
    void work.catch((error: unknown) => log.error({ err: error, accountId }, what))
  const rows: Array<[Channel, (payload: string) => void, (() => void)?]> = [
    ['access_changed', access.keys.readAgain, access.keys.readAgain],
    ['access_changed', () => wakeServiceReaders(ctx), () => wakeServiceReaders(ctx)],
    ['token_changed', (payload) => hearTokenChange(ctx, payload), () => recheckTokens(ctx)],
    ['installation_changed', (accountId) => forgetInForce(ctx, accountId), () => forgetAllInForce(ctx)],
    ['installation_changed', (payload) => noteInstallationChange(ctx, payload), () => noteInstallationChange(ctx)],
    ['credentials_changed', (payload) => noteInstallationChange(ctx, payload), () => noteInstallationChange(ctx)],
    ['token_changed', (payload) => noteInstallationChange(ctx, payload), () => noteInstallationChange(ctx)],
    ['runs_changed', (payload) => noteRunsChange(ctx, payload), () => noteRunsChange(ctx)],
    ['installation_event', () => wakeEventReaders(ctx), () => wakeEventReaders(ctx)],
    ['run_event', runs.feeds.wake, runs.feeds.wakeAll],
    ['run_cancel', (runId) => interruptCancelled(ctx, runId)],
    ['run_due', () => noteHeldRuns(ctx, true)], // Another replica may claim it, and die.
  ]
  if (isWorker)
    rows.push([
      'installation_changed',
      (accountId) => {
        safely('suspending runs', accountId, suspendRuns(ctx, accountId))
      },
      () => safely('suspending runs', 'any', suspendRuns(ctx)),
    ])
  for (const [channel, hear, lookAgain] of rows) await listener.on(channel, hear, lookAgain)
  watch.onUp(() => forgetAllInForce(ctx)) // Changes during the outage were not announced here.
  listener.replica.onLost(() => loseAllRuns(ctx)) // Other replicas may have them by now.
}
