import type { ErrorReason, RunState } from '@standin/contracts'
import { collectDefaultMetrics, type Gauge, Registry } from 'prom-client'
import { toRefusal } from '../refusal.ts'
import { createInstruments, type Instruments } from './instruments.ts'

export type Metrics = ReturnType<typeof createMetrics>

/** What a scrape reads from the database: the same on each replica. */
export interface Counts {
  openRuns: Readonly<Record<string, number>>
  heldCallbacks: number
  /** 0 while it answers. */
  signInDownForS: number
  /** Since the longest-waiting credentials were due to be proven; 0 while none are. */
  oldestDueProofS: number
  /** Since the longest-waiting delivery was due to be sent; 0 while none is. */
  oldestDueDeliveryS: number
  /** The longest time that a run has been due without a worker, or worked on without progress; 0 if there is none. */
  oldestRunWithoutProgressS: number
  /** Accounts by the state of their credentials, as of the latest count. */
  accounts: Readonly<Record<string, number>>
}

/** What each scrape reads. Until the server adds a source, its metrics stay at 0. */
interface Sources {
  watch: { isDown(): boolean; clockOffByMs(): number | undefined }
  counts: () => Promise<Counts>
  /** How long a statement takes through the pool. */
  poolWaitS: () => Promise<number>
  /** The age of fetched keys; undefined if there are none. */
  keySetAgesS: () => Readonly<Record<string, number | undefined>>
  /** Statements that are prepared in each session. */
  preparedTexts: () => number
  spoolBytes: () => Promise<number>
  dataDirWritable: () => boolean
}

/** A word from a closed list, or an error, which is counted by its reason: a library's message never becomes a label. */
export type Outcome = string | { error: unknown }

const labelOf = (outcome: Outcome) => (typeof outcome === 'string' ? outcome : toRefusal(outcome.error).reason)

/**
 * What this process did, in numbers. Labels come from closed lists: no account, no service and no text from outside, so
 * that no name leaks and the number of series stays bounded.
 */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'standin_process_' })
  // Sums of the gauges without the suffix, which is for counters: `promtool check metrics` refuses them.
  for (const kind of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`standin_process_nodejs_active_${kind}_total`)
  const instruments = createInstruments(registry)
  const recordedHandOuts = instruments.handOuts.labels({ source: 'database' }) // Looked up once: it counts every token.
  const sources: Partial<Sources> = {}
  let scrape: Promise<string> | undefined

  return {
    /** A callback by how it was answered: its status, or the reason of its refusal. */
    countCallback: (answer: Outcome) => instruments.callbacks.inc({ answer: labelOf(answer) }),
    /** A request to Trackunit's token endpoint: `token`, or how it failed. */
    countExchange: (outcome: Outcome) => instruments.exchanges.inc({ outcome: labelOf(outcome) }),
    /** A token about to leave: where it was recorded, or the reason why it was not. */
    countHandOut: (source: Outcome) =>
      source === 'database' ? recordedHandOuts.inc() : instruments.handOuts.inc({ source: labelOf(source) }),
    /** @param refused a route as it was registered, never the address, which can hold a secret */
    countRefusal: (refused: { route: string; reason: ErrorReason }) => instruments.refusals.inc(refused),
    /** A row of the database without a valid signature. */
    countForgedRow: (table: string) => instruments.forgedRows.inc({ table }),
    /** @param times 0: makes the loop known, so that its first failure counts */
    countFailedLoop: (loop: string, times = 1) => instruments.failedLoops.inc({ loop }, times),
    /** An attempt to send a result: `delivered`, `failed` (it is tried again) or `refused`. */
    countDelivery: (delivery: { kind: 'email' | 'webhook'; outcome: 'delivered' | 'failed' | 'refused' }) =>
      instruments.deliveries.inc(delivery),
    setAdmittedShare: (share: number) => instruments.admittedShare.set(share),
    countMissingKeys: (keys: number) => instruments.keysMissing.set(keys),
    countEndedRun: ({ actionId, state }: { actionId: string; state: RunState }) =>
      instruments.endedRuns.inc({ action: actionId, state }),
    /** @returns what ends the measurement */
    timeExchange: (): (() => void) => instruments.exchangeSeconds.startTimer(),
    timeCommit: (seconds: number) => instruments.commitSeconds.observe(seconds),
    nameEncryptionKey: (key: string) => instruments.encryptionKey.set({ key }, 1),
    /** Adds what is read each time that metrics are scraped. */
    readAtScrape: (added: Partial<Sources>): void => void Object.assign(sources, added),
    contentType: registry.contentType,
    /**
     * In Prometheus' text format. While the database is down, its counts stay as they were. Scrapes at the same time
     * share one reading: it costs the database much, and a scrape needs no sign-in.
     */
    text(): Promise<string> {
      scrape ??= readSources(instruments, sources)
        .then(() => registry.metrics())
        .finally(() => {
          scrape = undefined
        })
      return scrape
    },
  }
}

/** Sets every gauge. A database that is down is not asked: the scrape would wait for it. */
async function readSources(gauges: Instruments, sources: Partial<Sources>): Promise<void> {
  const { watch } = sources
  if (!watch?.isDown()) {
    // Before the counts, which use the pool as well.
    gauges.poolWait.set((await sources.poolWaitS?.().catch(() => 0)) ?? 0)
    const counts = await sources.counts?.().catch(() => undefined)
    if (counts) setCounts(gauges, counts)
  }
  setEach(gauges.keySetAge, sources.keySetAgesS?.() ?? {})
  gauges.databaseUp.set(watch && !watch.isDown() ? 1 : 0)
  gauges.clockAhead.set(Math.round((watch?.clockOffByMs() ?? 0) / 1_000))
  gauges.preparedTexts.set(sources.preparedTexts?.() ?? 0)
  gauges.dataDirWritable.set(Number(sources.dataDirWritable?.() ?? true))
  gauges.spoolBytes.set((await sources.spoolBytes?.().catch(() => 0)) ?? 0)
}

function setCounts(gauges: Instruments, counts: Counts): void {
  setEach(gauges.openRuns, counts.openRuns)
  setEach(gauges.accounts, counts.accounts)
  gauges.heldCallbacks.set(counts.heldCallbacks)
  gauges.signInDown.set(counts.signInDownForS)
  gauges.oldestDueProof.set(counts.oldestDueProofS)
  gauges.oldestDueDelivery.set(counts.oldestDueDeliveryS)
  gauges.oldestRunWithoutProgress.set(counts.oldestRunWithoutProgressS)
}

/** Sets one series for each value, and removes the series that no longer have one. */
function setEach(gauge: Gauge<'keys'> | Gauge<'state'>, values: Readonly<Record<string, number | undefined>>): void {
  gauge.reset()
  for (const [label, value] of Object.entries(values))
    if (value !== undefined) gauge.labels(label).set(Math.round(value))
}
