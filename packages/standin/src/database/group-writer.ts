import { StandinError } from '../standin-error.ts'
import { codeOf } from './code-of.ts'

interface GroupWriterOptions<Row, Result> {
  /** Writes all rows with one statement. @returns each row's outcome, in the order of the rows */
  write: (rows: readonly Row[]) => Promise<readonly Result[]>
  /**
   * Writes a row alone after its group failed, if that may help: outside the queue, so that a slow row does not hold up others.
   * Without it, the queue itself writes the rows one by one if a value or constraint is at fault.
   */
  apart?: { write: (row: Row) => Promise<Result>; mayHelp: (error: unknown) => boolean }
  /** The most rows of one statement. */
  maxRows?: number
  /** The most rows that wait for the statement under way; more are refused as `OVERLOADED`. */
  maxWaiting?: number
  /**
   * How long to wait, after a group of several rows, until its callers write again, so that two groups that take turns become
   * one. Ends early once as many rows wait. By default there is no wait.
   */
  gather?: () => Promise<unknown>
}

interface Waiting<Row, Result> {
  row: Row
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Writes rows in groups: while one statement is under way, arriving rows are collected for the next one. A caller's row is
 * committed when its promise resolves. A group that fails is written row by row, so that a bad row fails alone.
 * @throws StandinError `OVERLOADED` if too many rows wait
 */
export function createGroupWriter<Row, Result>({
  write,
  apart,
  maxRows = 500,
  maxWaiting = 10_000,
  gather = async () => {},
}: GroupWriterOptions<Row, Result>): (row: Row) => Promise<Result> {
  const waiting: Array<Waiting<Row, Result>> = []
  let isWriting = false
  let wanted = { rows: Number.POSITIVE_INFINITY, areThere: () => {} }

  async function writeAll(): Promise<void> {
    isWriting = true
    // All rows of this turn of the event loop form one group. If the first were written alone, the others would wait for it.
    await new Promise(setImmediate)
    while (waiting.length > 0) {
      const group = waiting.splice(0, maxRows)
      await writeGroup(group)
      const rows = waiting.length + group.length
      if (group.length > 1 && rows <= maxRows) await Promise.race([gather(), untilWaiting(rows)])
    }
    isWriting = false
  }

  const untilWaiting = (rows: number) =>
    new Promise<void>((resolve) => {
      wanted = { rows, areThere: resolve }
    })

  async function writeGroup(group: ReadonlyArray<Waiting<Row, Result>>): Promise<void> {
    try {
      const results = await write(group.map(({ row }) => row))
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result) // One for each row, as `write` promises.
    } catch (error) {
      if (apart?.mayHelp(error)) for (const { row, resolve, reject } of group) apart.write(row).then(resolve, reject)
      else if (group.length === 1 || !isRowsFault(error)) for (const { reject } of group) reject(error)
      else for (const each of group) await writeGroup([each])
    }
  }

  return (row) => {
    if (waiting.length >= maxWaiting) return Promise.reject(new StandinError('OVERLOADED', { retryAfterMs: 1_000 }))
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    waiting.push({ row, resolve, reject })
    if (waiting.length === wanted.rows) wanted.areThere()
    if (!isWriting) void writeAll()
    return promise
  }
}

/** PostgreSQL's error classes 22 and 23: a value or a constraint. Any other error would occur for each row. */
export const isRowsFault = (error: unknown): boolean => /^2[23]/.test(codeOf(error))
