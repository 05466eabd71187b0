import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
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
      return registry.metrics()
    },
  }
}
