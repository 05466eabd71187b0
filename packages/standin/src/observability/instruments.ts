import type { ErrorReason } from '@standin/contracts'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

export type Instruments = ReturnType<typeof createInstruments>

/** Every metric of Standin itself. Their labels come from closed lists. */
export function createInstruments(registry: Registry) {
  const instruments = { ...createCounters(registry), ...createHistograms(registry), ...createGauges(registry) }
  // What is alerted on starts at 0: Prometheus does not see the growth of a counter that starts with its first event.
  instruments.callbacks.inc({ answer: 'KEYS_UNAVAILABLE' satisfies ErrorReason }, 0)
  instruments.exchanges.inc({ outcome: 'invalid-client' }, 0)
  instruments.deliveries.inc({ kind: 'email', outcome: 'failed' }, 0)
  instruments.admittedShare.set(1)
  return instruments
}

function createCounters(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] })
  return {
    callbacks: counter('standin_callbacks_total', 'Callbacks by answer.', 'answer'),
    exchanges: counter('standin_exchanges_total', 'Requests for a token to Trackunit by outcome.', 'outcome'),
    handOuts: counter('standin_hand_outs_total', 'Hand-outs of tokens by where they were recorded.', 'source'),
    refusals: counter('standin_refusals_total', 'Refused requests by route and reason.', 'route', 'reason'),
    endedRuns: counter('standin_runs_ended_total', 'Runs that ended in this process.', 'action', 'state'),
    deliveries: counter('standin_deliveries_total', 'Attempts to send a result, by how they ended.', 'kind', 'outcome'),
    forgedRows: counter(
      'standin_forged_rows_total',
      'Rows that were refused because their signature is not valid.',
      'table',
    ),
    failedLoops: counter('standin_loop_failures_total', 'Failures of background work by loop.', 'loop'),
  }
}

function createHistograms(registry: Registry) {
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers: [registry] })
  return {
    exchangeSeconds: histogram(
      'standin_exchange_seconds',
      'How long Trackunit’s token endpoint took to answer.',
      [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ),
    commitSeconds: histogram(
      'standin_database_commit_seconds',
      'How long the database took to commit one row.',
      [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    ),
  }
}

function createGauges(registry: Registry) {
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  return {
    admittedShare: gauge(
      'standin_admitted_share',
      'The share of requests that this process accepts; below 1 it is overloaded and refuses the rest as OVERLOADED.',
    ),
    clockAhead: gauge(
      'standin_clock_ahead_seconds',
      'How far this machine’s clock is ahead of the database’s; 0 while they differ by less than a minute.',
    ),
    databaseUp: gauge('standin_database_up', '1 while the database commits what this process asks it to, else 0.'),
    encryptionKey: gauge('standin_encryption_key_info', 'The name of the key with which this process encrypts.', 'key'),
    keysMissing: gauge('standin_keys_missing', 'Keys that stored values need and this process does not have.'),
    keySetAge: gauge(
      'standin_key_set_age_seconds',
      'Age of the public keys that callbacks and users are verified with.',
      'keys',
    ),
    poolWait: gauge(
      'standin_database_pool_wait_seconds',
      'How long a statement waited for a connection of the pool and for its answer, at this scrape.',
    ),
    preparedTexts: gauge(
      'standin_prepared_statements',
      'Statements that each session of this process has prepared. From 500 on, others are parsed at each use.',
    ),
    dataDirWritable: gauge(
      'standin_data_dir_writable',
      '1 if the last write to STANDIN_DATA_DIR succeeded, else 0: no token could be handed out in an outage of the database.',
    ),
    spoolBytes: gauge('standin_spool_bytes', 'Hand-outs of a database outage that are not recorded yet.'),
    accounts: gauge('standin_accounts', 'Accounts by credential state, counted every five minutes.', 'state'),
    heldCallbacks: gauge('standin_callbacks_held', 'Callbacks held for the operator or until they can be verified.'),
    openRuns: gauge('standin_runs_open', 'Runs that have not ended, by state, at most 100,000 of each.', 'state'),
    signInDown: gauge(
      'standin_sign_in_down_seconds',
      'How long Trackunit’s sign-in has been down for all accounts; 0 while it answers.',
    ),
    oldestDueProof: gauge(
      'standin_oldest_due_proof_seconds',
      'How long the oldest credentials that are due to be proven have waited; 0 if there are none.',
    ),
    oldestDueDelivery: gauge(
      'standin_oldest_due_delivery_seconds',
      'How long the oldest delivery that is due has waited; 0 if there is none.',
    ),
    oldestRunWithoutProgress: gauge(
      'standin_oldest_run_without_progress_seconds',
      'How long a run has been due without a worker, or worked on without progress; 0 if there is none.',
    ),
  }
}
