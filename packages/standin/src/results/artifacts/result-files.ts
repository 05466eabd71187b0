import { type Message, type ResultRow, type SentRow, spoken, textOf } from '@standin/contracts'
import type { RunContext } from '../../actions/define-action.ts'
import { csvMediaType, csvOf, type TableToWrite, xlsxMediaType, xlsxOf } from './table-files.ts'

type Context = Pick<RunContext<unknown>, 'artifact' | 'result' | 'account'>

/**
 * Makes a CSV file of all rows that the run's result has so far: call it when the last row is in. An attempt that comes
 * after a checkpoint with the file leaves it as it is.
 * @param note its first line, above the titles: that it is a part of a result, for one
 */
export function createCsvArtifact(
  context: Context,
  { note, name }: { name: string; note?: Message | undefined },
): Promise<void> {
  return write(context, { name, mediaType: csvMediaType }, (table) => csvOf({ ...table, note: note && textOf(note) }))
}

/** The same as a workbook for Excel. */
export function createXlsxArtifact(context: Context, file: { name: string }): Promise<void> {
  return write(context, { ...file, mediaType: xlsxMediaType }, xlsxOf)
}

async function write(
  { artifact, result, account: habits }: Context,
  file: { name: string; mediaType: string },
  piecesOf: (table: TableToWrite) => AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const writer = await artifact(file)
  if (!writer.isEmpty) return
  const { columns, hasMachines, batches } = await result.read()
  const table = { columns: spoken(columns, textOf), hasMachines, batches: inEnglish(batches), habits }
  for await (const piece of piecesOf(table)) await writer.write(piece)
}

export async function* inEnglish(batches: AsyncIterable<SentRow[]>): AsyncGenerator<ResultRow[]> {
  for await (const rows of batches) yield spoken(rows, textOf)
}
