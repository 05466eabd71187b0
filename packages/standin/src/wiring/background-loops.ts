import { saveForwarding } from '../access/observe-forwarding.ts'
import { saveRefusedTokens } from '../access/refused-tokens.ts'
import { countAccounts } from '../accounts/account-count-store.ts'
import { ageOutAccounts } from '../accounts/age-out-accounts.ts'
import { credentialsDue } from '../accounts/due-credential-store.ts'
import { eraseAbandoned } from '../accounts/erase-abandoned.ts'
import { settleUninstalls } from '../accounts/erase-data.ts'
import { proveDueCredentials } from '../accounts/prove-credentials.ts'
import { reviewsDue, stoppedWorkDue, uninstallsDue } from '../accounts/stopped-account-store.ts'
import { signalLifeMs } from '../accounts/uninstall-lifecycle.ts'
import { unchainedDue } from '../audit/chain-store.ts'
import { retainAudit } from '../audit/retain-audit.ts'
import { logChainHeads, sealEntries } from '../audit/seal-entries.ts'
import { type BackgroundLoop, type LoopRow, startBackgroundLoop } from '../background-loop.ts'
import { ageOutCallbacks } from '../callbacks/age-out-callbacks.ts'
import { unverifiedDue } from '../callbacks/held/held-callback-store.ts'
import { saveRejections } from '../callbacks/rejected/count-rejections.ts'
import { verifyUnverified } from '../callbacks/unverified/verify-unverified.ts'
import type { Part } from '../config/parts.ts'
import type { Channel } from '../database/listen.ts'
import { addMonthsAhead } from '../database/month-partitions.ts'
import { sweepDue } from '../database/sweep-store.ts'
import { announceEnds } from '../deliveries/announce-ends.ts'
import { deliverDue } from '../deliveries/deliver-due.ts'
import { deliveriesDue } from '../deliveries/delivery-store.ts'
import { lookForWork, type WaitingLoops } from '../look-for-work.ts'
import { ageOutReadings } from '../machines/reading-store.ts'
import { ageOutArtifacts } from '../results/artifacts/artifact-store.ts'
import { ageOutResults } from '../results/result-store.ts'
import { ageOutRuns } from '../runs/age-out-store.ts'
import { claimDueRuns, noteRunsDue } from '../runs/claim-runs.ts'
import { noteHeldRuns, reapRuns } from '../runs/reap-runs.ts'
import { runsDue, runsHeld } from '../runs/run-lease-store.ts'
import { endSchedules, noteAuthors } from '../schedules/note-authors.ts'
import { reviewAccounts, setAsideStopped } from '../schedules/review-accounts.ts'
import { schedulesDue } from '../schedules/schedule-store.ts'
import { startDueSchedules } from '../schedules/start-due-schedules.ts'
import { signAgain } from '../secrets/review-signed-rows.ts'
import { signedTables } from '../signed-tables.ts'
import { sweep } from '../sweep.ts'
import { drainSpool } from '../tokens/outage/drain-spool.ts'
import { refreshDueTokens, saveTokenUses } from '../tokens/refresh-ahead.ts'
import { tokensDue } from '../tokens/refresh-store.ts'
import { sweepBudgets } from '../trackunit/rate-budget-store.ts'
import type { StandinContext } from './assemble.ts'

type BackgroundRow = LoopRow & {
  /** The part of the product whose processes run it; all, if undefined. */
  part?: Part
  /** A notification on this channel wakes it. */
  wokenBy?: Channel
  /** How many such loops run in parallel. */
  count?: number
  /** Waits until this query finds work. All of them are sent in one statement, once a second. */
  due?: WaitingLoops['due']
  /** Called with what the query found. */
  hear?: (inMs: number | undefined) => void
  /** One replica at a time does it for all, once in each period. */
  isSweep?: boolean
}

const seconds = 1_000
const hours = 3_600_000

/** The period of a loop that waits for its query: a safety net. */
const netMs = 60 * seconds

/** Every background loop, with its period. Each finds its work in the database, so that any replica may do it. */
export function backgroundLoops(ctx: StandinContext): BackgroundRow[] {
  const auditRetained = () => new Date(ctx.clock.now().getTime() - ctx.config.auditRetentionMs)
  return [
    // The database, even if no balancer asks about it
    { name: 'watch-database', everyMs: 10 * seconds, work: () => ctx.watch.suspect().then(() => false) },
    // Audit
    { name: 'seal-audit', everyMs: netMs, due: unchainedDue(ctx.audit.macs.kids), work: () => sealEntries(ctx) },
    { name: 'renew-audit-writer', everyMs: 60 * seconds, work: ctx.audit.slot.renew },
    { name: 'log-audit-heads', everyMs: 60 * seconds, work: () => logChainHeads(ctx) },
    // It reads all accounts: at once under a new key, and rarely once a look has found nothing.
    {
      name: `sign-rows-again ${ctx.signedRows.kid}`,
      isSweep: true,
      everyMs: 7 * 24 * hours,
      work: () => signAgain(ctx, signedTables),
    },
    {
      name: 'add-months',
      isSweep: true,
      everyMs: hours,
      work: () => addMonthsAhead(ctx.db, ctx.clock.now()).then(() => false),
    },
    {
      name: 'retain-audit',
      isSweep: true,
      everyMs: hours,
      work: () => retainAudit(ctx, auditRetained()).then(() => false),
    },
    // Callbacks
    { name: 'refresh-keys', part: 'callbacks', everyMs: 30 * seconds, work: ctx.trackunit.callbackKeys.refreshIfOld },
    {
      name: 'verify-unverified',
      part: 'callbacks',
      everyMs: netMs,
      due: unverifiedDue,
      work: () => verifyUnverified(ctx),
    },
    { name: 'save-rejections', part: 'callbacks', everyMs: 2 * seconds, work: () => saveRejections(ctx) },
    // Accounts
    {
      name: 'prove-credentials',
      part: 'worker',
      wokenBy: 'credentials_pending',
      everyMs: netMs,
      due: credentialsDue,
      work: () => proveDueCredentials(ctx),
    },
    {
      name: 'settle-uninstalls',
      part: 'worker',
      everyMs: netMs,
      due: uninstallsDue(Math.min(ctx.config.callback.uninstallEraseAfterMs, signalLifeMs)),
      work: () => settleUninstalls(ctx),
    },
    { name: 'review-accounts', part: 'worker', everyMs: netMs, due: reviewsDue, work: () => reviewAccounts(ctx) },
    {
      name: 'set-aside-stopped',
      part: 'worker',
      everyMs: netMs,
      due: stoppedWorkDue(ctx.accounts.awaitingWork),
      work: () => setAsideStopped(ctx),
    },
    {
      name: 'count-accounts',
      part: 'worker',
      isSweep: true,
      everyMs: 300 * seconds,
      work: () => countAccounts(ctx.db).then(() => false),
    },
    { name: 'erase-abandoned', part: 'worker', isSweep: true, everyMs: hours, work: () => eraseAbandoned(ctx) },
    // Tokens
    { name: 'refresh-tokens', part: 'worker', everyMs: netMs, due: tokensDue, work: () => refreshDueTokens(ctx) },
    { name: 'save-token-uses', everyMs: 10 * seconds, work: () => saveTokenUses(ctx) },
    { name: 'drain-spool', everyMs: 15 * seconds, work: () => drainSpool(ctx) },
    { name: 'save-refused-tokens', part: 'api', everyMs: 5 * seconds, work: () => saveRefusedTokens(ctx) },
    { name: 'save-forwarding', everyMs: 10 * seconds, work: () => saveForwarding(ctx) },
    { name: 'sweep-budgets', part: 'worker', isSweep: true, everyMs: hours, work: () => sweepBudgets(ctx) },
    // Runs
    {
      name: 'claim-runs',
      part: 'worker',
      wokenBy: 'run_due',
      everyMs: netMs,
      due: runsDue,
      hear: (inMs) => noteRunsDue(ctx, inMs),
      work: () => claimDueRuns(ctx),
    },
    {
      name: 'reap-runs',
      part: 'worker',
      everyMs: 0.25 * seconds,
      due: runsHeld,
      hear: (inMs) => noteHeldRuns(ctx, inMs !== undefined),
      work: () => reapRuns(ctx),
    },
    { name: 'note-authors', part: 'api', everyMs: 10 * seconds, work: () => noteAuthors(ctx) },
    { name: 'end-schedules', part: 'worker', isSweep: true, everyMs: hours, work: () => endSchedules(ctx) },
    { name: 'announce-ends', part: 'worker', isSweep: true, everyMs: hours, work: () => announceEnds(ctx) },
    {
      name: 'start-schedules',
      part: 'worker',
      everyMs: netMs,
      due: schedulesDue,
      work: () => startDueSchedules(ctx),
    },
    // An account uses at most one of the four.
    {
      name: 'deliver',
      part: 'worker',
      wokenBy: 'delivery_due',
      count: 4,
      everyMs: netMs,
      due: deliveriesDue,
      work: () => deliverDue(ctx),
    },
    // Ageing
    { name: 'age-out-accounts', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutAccounts(ctx) },
    { name: 'age-out-callbacks', part: 'worker', isSweep: true, everyMs: 24 * hours, work: () => ageOutCallbacks(ctx) },
    { name: 'age-out-artifacts', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutArtifacts(ctx) },
    { name: 'age-out-results', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutResults(ctx) },
    { name: 'age-out-readings', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutReadings(ctx) },
    { name: 'age-out-runs', part: 'worker', isSweep: true, everyMs: hours, work: () => ageOutRuns(ctx) },
  ]
}

/** @returns a function that stops all of them */
export function startLoops(ctx: StandinContext): () => Promise<void> {
  const rows = backgroundLoops(ctx).filter(({ part }) => part === undefined || ctx.config.parts.includes(part))
  const loops = new Map<string, BackgroundLoop[]>()
  const waiting = new Map<string, WaitingLoops>()
  for (const { wokenBy, count = 1, isSweep = false, hear, ...row } of rows) {
    const { name, due = isSweep ? sweepDue(name) : undefined } = row
    const looping = isSweep ? { name, everyMs: netMs, work: () => sweep(ctx, row) } : row
    const started = Array.from({ length: count }, () => startBackgroundLoop(looping, ctx))
    loops.set(name, started)
    if (due) waiting.set(name, { due, hear, loops: started })
    const wake = () => {
      for (const loop of started) loop.wake()
    }
    if (wokenBy) void ctx.listener.on(wokenBy, wake, wake)
  }
  const looking = { name: 'look-for-work', everyMs: seconds, work: () => lookForWork(ctx, waiting) }
  loops.set(looking.name, [startBackgroundLoop(looking, ctx)])
  const endDraining = ctx.listener.replica.onHeld(() => loops.get('drain-spool')?.[0]?.wake())
  return async () => {
    endDraining()
    await Promise.all([...loops.values()].flat().map(({ stop }) => stop()))
    if (ctx.config.parts.includes('callbacks')) await saveRejections(ctx)
  }
}
