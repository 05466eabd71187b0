import { z } from 'zod'
import { StandinError } from '../standin-error.ts'
import type { AnyAction } from './define-action.ts'

/** What a run keeps for its next attempt, as JSON. */
export interface Kept {
  /** What the action saved last. */
  state: unknown
  /** The values of its durable steps, by name. */
  done?: Readonly<Record<string, { value?: unknown }>>
}

/** State and values of durable steps together, as JSON. */
const maxKeptBytes = 16_000_000

export interface KeptState<State> {
  /** As it was saved last; before that, every field has its default. */
  readonly state: Readonly<State>
  save(change?: Partial<State>): Promise<void>
  durable<Value>(name: string, work: () => Promise<Value>): Promise<Value>
  checkpoint(state: unknown): Promise<void>
  readonly resumedFrom: unknown
  isDone(step: string): boolean
}

/**
 * The state that a run begins or continues with. Undefined if its schema refuses what an earlier version of the action stored:
 * the run cannot continue then, and beginning again would mix the rows and files of both versions.
 */
export function readState(
  { state: schema }: Pick<AnyAction, 'state'>,
  kept: Kept | undefined,
): Record<string, unknown> | undefined {
  return schema ? schema.safeParse(kept?.state ?? {}).data : {}
}

/**
 * The state of one attempt at a run.
 * @param state what `readState` read of `kept`
 * @param write writes what is kept, with the rows and files so far, in one transaction
 */
export function keepState<State extends object>(
  { state: schema }: Pick<AnyAction, 'state'>,
  { kept, state, write }: { kept: Kept | undefined; state: State; write: (kept: Kept) => Promise<void> },
): KeptState<State> {
  let last: Kept = kept ?? { state: undefined }
  const begun = new Set<string>()

  async function keep(next: Kept): Promise<void> {
    checkSize(next)
    await write(next)
    last = next
  }

  return {
    state,
    get resumedFrom() {
      return last.state
    },
    isDone: (name) => Object.hasOwn(last.done ?? {}, name),
    checkpoint: (given) => keep({ ...last, state: given }),
    async save(change) {
      const next = { ...state, ...change }
      if (schema) checkFits(schema, next)
      else if (change)
        throw faulty('It called save with a state but declares none. Declare it as state: z.object({ … }).')
      await keep({ ...last, state: next })
      Object.assign(state, change)
    },
    async durable(name, work) {
      if (begun.has(name)) throw faulty(`It called durable('${name}') twice. Each step of a run has a name of its own.`)
      begun.add(name)
      if (Object.hasOwn(last.done ?? {}, name)) return last.done?.[name]?.value as never
      const made = await work()
      // As JSON from the start, so that a value that JSON cannot hold is noticed before a crash.
      const value = made === undefined ? undefined : JSON.parse(JSON.stringify(made))
      await keep({ state: schema ? { ...state } : last.state, done: { ...last.done, [name]: { value } } })
      return value
    },
  }
}

/** A mistake in a schema of state, in words that complete "Action …:"; undefined if there is none. */
export function mistakeInState({ state: schema }: Pick<AnyAction, 'state'>): string | undefined {
  if (!schema) return undefined
  const { error } = schema.safeParse({})
  if (error) return `give each field of its state a default: ${fieldsOf(error)}.`
  try {
    z.toJSONSchema(schema, { io: 'output' })
    return undefined
  } catch {
    return 'its state has a field that is not JSON, such as a date. Keep a text or a number.'
  }
}

function checkFits(schema: NonNullable<AnyAction['state']>, state: object): void {
  const { error } = schema.safeParse(JSON.parse(JSON.stringify(state)))
  if (error) throw faulty(`It saved a state that does not fit its schema: ${fieldsOf(error)}.`)
}

function checkSize(kept: Kept): void {
  const bytes = Buffer.byteLength(JSON.stringify(kept))
  if (bytes > maxKeptBytes)
    throw faulty(
      `Its state has ${bytes} bytes; at most ${maxKeptBytes} are allowed. Store what was found as rows of the result.`,
    )
}

const faulty = (detail: string) => new StandinError('ACTION_FAULTY', { detail })

const fieldsOf = ({ issues }: z.ZodError) =>
  [...new Set(issues.map(({ path }) => path.join('.') || '(all)'))].join(', ')
