import type { ErrorReason, RunState } from '@standin/contracts'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { toRefusal } from '../refusal.ts'

export type Metrics = ReturnType<typeof createMetrics>

/** What is read from the database when somebody looks, and so the same on each replica. */
export interface Counts {
  openRuns: Readonly<Record<string, number>>
  heldCallbacks: number
  /** 0 while it answers. */
  signInDownForS: number
}

/**
 * What this process did, in numbers. Labels are from closed lists of our own: no account, no service, no text that came
 * from outside, so that neither a name leaks nor the number of series grows.
 */
export function createMetrics({ count }: { count: () => Promise<Counts> }) {
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
  const registers = [registry]
  const refusals = new Counter({
    ...{ name: 'standin_refusals_total', help: 'Requests that were refused, by route and reason.' },
    ...{ labelNames: ['route', 'reason'], registers },
  })
  const endedRuns = new Counter({
    ...{ name: 'standin_runs_ended_total', help: 'Runs that this process worked on and that have ended.' },
    ...{ labelNames: ['action', 'state'], registers },
  })
  const exchangeSeconds = new Histogram({
    ...{ name: 'standin_exchange_seconds', help: 'How long Trackunit’s sign-in took for an answer.', registers },
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  })
  const spoolBytes = new Gauge({
    ...{
      name: 'standin_spool_bytes',
      help: 'What left in an outage of the database and is not recorded yet.',
      registers,
    },
  })
  let readSpool = async () => 0
  const gauges = {
    runs: new Gauge({
      ...{ name: 'standin_runs_open', help: 'Runs that have not ended, by state.' },
      ...{ labelNames: ['state'], registers },
    }),
    held: new Gauge({
      ...{ name: 'standin_callbacks_held', help: 'Callbacks kept for the operator or until verified.', registers },
    }),
    signIn: new Gauge({
      name: 'standin_sign_in_down_seconds',
      help: 'For how long Trackunit’s sign-in has been down, for all accounts; 0 while it answers.',
      registers,
    }),
  }

  return {
    /** Counts what a function answers, or the reason why it does not. */
    counted<Args extends unknown[], Answer>(
      what: 'callbacks' | 'exchanges' | 'handOuts',
      work: (...args: Args) => Promise<Answer>,
      labelOf: (answer: Answer) => string,
    ): (...args: Args) => Promise<Answer> {
      const labels = { callbacks: 'answer', exchanges: 'outcome', handOuts: 'source' } as const
      const counters = { callbacks, exchanges, handOuts }
      const add = (label: string) => (counters[what] as Counter<string>).inc({ [labels[what]]: label })
      return async (...args) => {
        try {
          const answer = await work(...args)
          add(labelOf(answer))
          return answer
        } catch (error) {
          add(toRefusal(error).reason)
          throw error
        }
      }
    },
    /** A route as it was registered, never the address: that can hold a secret. */
    countRefusal: ({ route, reason }: { route: string; reason: ErrorReason }) => refusals.inc({ route, reason }),
    countEndedRun: ({ actionId, state }: { actionId: string; state: RunState }) =>
      endedRuns.inc({ action: actionId, state }),
    timedExchange:
      <Args extends unknown[], Answer>(exchange: (...args: Args) => Promise<Answer>) =>
      (...args: Args): Promise<Answer> => {
        const end = exchangeSeconds.startTimer()
        return exchange(...args).finally(end)
      },
    /** Reads how much lies in this process's spool, when somebody looks. */
    measureSpool(bytes: () => Promise<number>): void {
      readSpool = bytes
    },
    contentType: registry.contentType,
    /** As Prometheus reads it. While the database does not answer, what is counted there is left as it was. */
    async text(): Promise<string> {
      const counts = await count().catch(() => undefined)
      if (counts) {
        gauges.runs.reset()
        for (const [state, runs] of Object.entries(counts.openRuns)) gauges.runs.set({ state }, runs)
        gauges.held.set(counts.heldCallbacks)
        gauges.signIn.set(counts.signInDownForS)
      }
      spoolBytes.set(await readSpool().catch(() => 0))
      return registry.metrics()
    },
  }
}
