import type { ErrorReason, RunState } from '@standin/contracts'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { toRefusal } from '../refusal.ts'

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
  /** Since the run that stands still for longest got its turn, or told of any progress; 0 while none waits or works. */
  stillestRunS: number
  /** Accounts by the state of their credentials, as they were counted last. */
  accounts: Readonly<Record<string, number>>
}

/** What this process knows about its database. */
interface Watched {
  isDown(): boolean
  clockOffByMs(): number | undefined
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
  const counter = <Label extends string>(name: string, help: string, label: Label) =>
    new Counter({ name, help, labelNames: [label], registers: [registry] })

  const callbacks = counter('standin_callbacks_total', 'Callbacks by what they were answered.', 'answer')
  const exchanges = counter('standin_exchanges_total', 'Requests for a token to Trackunit by outcome.', 'outcome')
  const handOuts = counter(
    'standin_hand_outs_total',
    'Tokens about to leave, by where their row was written.',
    'source',
  )
  const recordedHandOuts = handOuts.labels({ source: 'database' }) // Looked up once: it counts every token.
  const registers = [registry]
  const refusals = new Counter({
    name: 'standin_refusals_total',
    help: 'Refused requests by route and reason.',
    labelNames: ['route', 'reason'],
    registers,
  })
  const endedRuns = new Counter({
    name: 'standin_runs_ended_total',
    help: 'Runs that ended in this process, by action and state.',
    labelNames: ['action', 'state'],
    registers,
  })
  const exchangeSeconds = new Histogram({
    name: 'standin_exchange_seconds',
    help: 'How long Trackunit’s token endpoint took to answer.',
    registers,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  })
  const forgedRows = counter(
    'standin_forged_rows_total',
    'Rows that were read and refused because their signature is not valid.',
    'table',
  )
  const spoolBytes = new Gauge({
    name: 'standin_spool_bytes',
    help: 'Hand-outs of a database outage that are not recorded yet.',
    registers,
  })
  const preparedTexts = new Gauge({
    name: 'standin_prepared_statements',
    help: 'Statements that each session of this process has prepared. At 500, others are parsed at each use.',
    registers,
  })
  const failedLoops = counter('standin_loop_failures_total', 'Failures of background work by loop.', 'loop')
  const keysMissing = new Gauge({
    name: 'standin_keys_missing',
    help: 'Keys that stored values need and this process does not have.',
    registers,
  })
  const databaseUp = new Gauge({
    name: 'standin_database_up',
    help: '1 while the database commits what this process asks it to, else 0.',
    registers,
  })
  const clockAhead = new Gauge({
    name: 'standin_clock_ahead_seconds',
    help: 'How far this machine’s clock is ahead of the database’s; 0 while they are within a minute of each other.',
    registers,
  })
  const admittedShare = new Gauge({
    name: 'standin_admitted_share',
    help: 'The share of requests that this process takes: below 1 it has too much work and refuses the others with OVERLOADED.',
    registers,
  })
  admittedShare.set(1)
  // What is alerted on begins with 0: Prometheus does not see the growth of a counter that begins with its first event.
  callbacks.inc({ answer: 'KEYS_UNAVAILABLE' satisfies ErrorReason }, 0)
  exchanges.inc({ outcome: 'invalid-client' }, 0)
  const commitSeconds = new Histogram({
    name: 'standin_database_commit_seconds',
    help: 'How long the database took to commit one row.',
    registers,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  })
  const poolWait = new Gauge({
    name: 'standin_database_pool_wait_seconds',
    help: 'How long a statement waited for a connection of the pool and for its answer, at this scrape.',
    registers,
  })
  const keySetAge = new Gauge({
    name: 'standin_key_set_age_seconds',
    help: 'How old the public keys are that callbacks and users are verified with.',
    labelNames: ['keys'],
    registers,
  })
  const encryptionKey = new Gauge({
    name: 'standin_encryption_key_info',
    help: 'The name of the key with which this process encrypts.',
    labelNames: ['key'],
    registers,
  })
  let watch: Watched | undefined
  let readPool = async () => 0
  let readKeySets = (): Readonly<Record<string, number | undefined>> => ({})
  let readPrepared = () => 0
  let readCounts: () => Promise<Counts | undefined> = async () => undefined
  let readSpool = async () => 0
  const gauges = {
    runs: new Gauge({
      name: 'standin_runs_open',
      help: 'Runs that have not ended, by state.',
      labelNames: ['state'],
      registers,
    }),
    held: new Gauge({
      name: 'standin_callbacks_held',
      help: 'Callbacks held for the operator or until they can be verified.',
      registers,
    }),
    signIn: new Gauge({
      name: 'standin_sign_in_down_seconds',
      help: 'How long Trackunit’s sign-in has been down, for all accounts; 0 while it answers.',
      registers,
    }),
    dueProof: new Gauge({
      name: 'standin_oldest_due_proof_seconds',
      help: 'How long credentials have been due to be proven; 0 while none are.',
      registers,
    }),
    dueDelivery: new Gauge({
      name: 'standin_oldest_due_delivery_seconds',
      help: 'How long a delivery has been due to be sent; 0 while none is.',
      registers,
    }),
    stillestRun: new Gauge({
      name: 'standin_oldest_run_without_progress_seconds',
      help: 'How long a run has been due without a worker, or worked on without progress; 0 while none is.',
      registers,
    }),
    accounts: new Gauge({
      name: 'standin_accounts',
      help: 'Accounts by the state of their credentials, counted every five minutes.',
      labelNames: ['state'],
      registers,
    }),
  }

  let reading: Promise<string> | undefined

  async function read(): Promise<string> {
    const isDown = watch?.isDown() ?? false
    if (!isDown) poolWait.set(await readPool().catch(() => 0)) // Before what is counted, which takes places as well.
    const counts = isDown ? undefined : await readCounts().catch(() => undefined)
    if (counts) {
      gauges.runs.reset()
      for (const [state, runs] of Object.entries(counts.openRuns)) gauges.runs.set({ state }, runs)
      gauges.held.set(counts.heldCallbacks)
      gauges.signIn.set(counts.signInDownForS)
      gauges.dueProof.set(counts.oldestDueProofS)
      gauges.dueDelivery.set(counts.oldestDueDeliveryS)
      gauges.stillestRun.set(counts.stillestRunS)
      gauges.accounts.reset()
      for (const [state, accounts] of Object.entries(counts.accounts)) gauges.accounts.set({ state }, accounts)
    }
    keySetAge.reset()
    for (const [keys, ageS] of Object.entries(readKeySets()))
      if (ageS !== undefined) keySetAge.set({ keys }, Math.round(ageS))
    databaseUp.set(watch && !watch.isDown() ? 1 : 0)
    clockAhead.set(Math.round((watch?.clockOffByMs() ?? 0) / 1_000))
    preparedTexts.set(readPrepared())
    spoolBytes.set(await readSpool().catch(() => 0))
    return registry.metrics()
  }

  return {
    /** A callback by how it was answered: its status, or the reason of its refusal. */
    countCallback: (answer: Outcome) => callbacks.inc({ answer: labelOf(answer) }),
    /** A request to Trackunit's token endpoint: `token`, or how it failed. */
    countExchange: (outcome: Outcome) => exchanges.inc({ outcome: labelOf(outcome) }),
    /** A token about to leave: where it was recorded, or the reason why it was not. */
    countHandOut: (source: Outcome) =>
      source === 'database' ? recordedHandOuts.inc() : handOuts.inc({ source: labelOf(source) }),
    /** A route as it was registered, never the address: that can hold a secret. */
    countRefusal: ({ route, reason }: { route: string; reason: ErrorReason }) => refusals.inc({ route, reason }),
    /** A row of the database without a valid signature. */
    countForgedRow: (table: string) => forgedRows.inc({ table }),
    /** @param times 0: makes the loop known, so that its first failure counts */
    countFailedLoop: (loop: string, times = 1) => failedLoops.inc({ loop }, times),
    setAdmittedShare: (share: number) => admittedShare.set(share),
    countMissingKeys: (keys: number) => keysMissing.set(keys),
    countEndedRun: ({ actionId, state }: { actionId: string; state: RunState }) =>
      endedRuns.inc({ action: actionId, state }),
    /** @returns what ends the measurement */
    timeExchange: (): (() => void) => exchangeSeconds.startTimer(),
    timeCommit: (seconds: number) => commitSeconds.observe(seconds),
    nameEncryptionKey: (key: string) => encryptionKey.set({ key }, 1),
    /** Reads how long a statement takes through the pool, in seconds, each time that metrics are scraped. */
    measurePool(waitS: () => Promise<number>): void {
      readPool = waitS
    },
    /** Reads how old fetched keys are, in seconds, each time that metrics are scraped. Undefined: there are none. */
    measureKeySets(agesS: () => Readonly<Record<string, number | undefined>>): void {
      readKeySets = agesS
    },
    /** Reads what the database counts, each time that metrics are scraped. */
    measureDatabase(counts: () => Promise<Counts>): void {
      readCounts = counts
    },
    /** Reads whether the database is up, and whether clocks agree, each time that metrics are scraped. */
    measureWatch(watched: Watched): void {
      watch = watched
    },
    /** Reads how many statements are prepared, each time that metrics are scraped. */
    measurePrepared(texts: () => number): void {
      readPrepared = texts
    },
    /** Reads the size of this process's spool, each time that metrics are scraped. */
    measureSpool(bytes: () => Promise<number>): void {
      readSpool = bytes
    },
    contentType: registry.contentType,
    /**
     * In Prometheus' text format. While the database is down, its counts stay as they were. Scrapes at the
     * same time share one reading: nobody needs to be signed in, and it asks the database for much.
     */
    text(): Promise<string> {
      reading ??= read().finally(() => {
        reading = undefined
      })
      return reading
    },
  }
}
