import { type Message, type ResultChart, type ResultRow, type SentRow, spoken, textOf } from '@standin/contracts'
import type { ResultWriter } from '../result-writer.ts'
import type { ArtifactWriter } from './artifact-writer.ts'
import type { ReaderHabits } from './readers-table.ts'
import { csvMediaType, csvOf, type TableToWrite, xlsxMediaType, xlsxOf } from './table-files.ts'

/** The part of an action's context from which its files are made. */
interface FileContext {
  result: Pick<ResultWriter, 'read'>
  account: ReaderHabits
  artifact(file: { name: string; mediaType: string }): Promise<ArtifactWriter>
}

/**
 * Makes a CSV file of all rows that the run's result has so far: call it after the last row. A later attempt does not change a
 * file that a checkpoint has kept.
 * @param note the file's first line, above the titles, for example that it is only a part of the result
 */
export function createCsvArtifact(
  context: FileContext,
  { note, name }: { name: string; note?: Message | undefined },
): Promise<void> {
  return write(context, { name, mediaType: csvMediaType, note }, csvOf)
}

/** The same as a workbook for Excel. */
export function createXlsxArtifact(context: FileContext, file: { name: string }): Promise<void> {
  return write(context, { ...file, mediaType: xlsxMediaType }, xlsxOf)
}

async function write(
  { artifact, result, account: habits }: FileContext,
  { note, ...file }: { name: string; mediaType: string; note?: Message | undefined },
  piecesOf: (table: TableToWrite) => AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const writer = await artifact(file)
  if (!writer.isEmpty) return
  const { columns, hasMachines, batches, headline, chart, machineUrl, say = textOf } = await result.read()
  const table = {
    columns: spoken(columns, say),
    hasMachines,
    batches: inWords(batches, say),
    habits,
    machineUrl,
    sentence: headline ? say(headline) : undefined,
    chart: chart && (spoken(chart, say) as ResultChart),
    note: note && say(note),
  }
  for await (const piece of piecesOf(table)) await writer.write(piece)
}

async function* inWords(
  batches: AsyncIterable<SentRow[]>,
  say: (message: Message) => string,
): AsyncGenerator<ResultRow[]> {
  for await (const rows of batches) yield spoken(rows, say)
}
