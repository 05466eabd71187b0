import { csvMediaType, csvOf, type TableToWrite, xlsxMediaType, xlsxOf } from '../results/artifacts/table-files.ts'
import type { ResultToTell } from './result-message.ts'

export const largestAttachmentBytes = 5 * 1024 * 1024

const formats = {
  csv: { mediaType: csvMediaType, piecesOf: csvOf },
  xlsx: { mediaType: xlsxMediaType, piecesOf: xlsxOf },
} as const

export interface AttachedFile {
  name: string
  mediaType: string
  content: Buffer
}

/** A run's result as a file for an email. @returns undefined where it would be larger than mail servers take */
export async function attachedFile(
  {
    run,
    columns,
    hasMachines,
    habits,
  }: Pick<ResultToTell, 'columns' | 'hasMachines' | 'habits'> & {
    run: Pick<ResultToTell['run'], 'actionId' | 'endedAt'>
  },
  { format, batches }: { format: keyof typeof formats; batches: TableToWrite['batches'] },
): Promise<AttachedFile | undefined> {
  const { mediaType, piecesOf } = formats[format]
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of piecesOf({ columns, hasMachines, batches, habits })) {
    const content = Buffer.from(piece)
    bytes += content.byteLength
    if (bytes > largestAttachmentBytes) return undefined
    pieces.push(content)
  }
  const day = (run.endedAt ?? '').slice(0, 10)
  return { name: `${run.actionId}-${day}.${format}`, mediaType, content: Buffer.concat(pieces) }
}
