import { datedName } from '../results/artifacts/dated-name.ts'
import { csvMediaType, csvOf, type TableToWrite, xlsxMediaType, xlsxOf } from '../results/artifacts/table-files.ts'
import type { ResultToSend } from './find-result-to-send.ts'
import type { Email } from './send-email.ts'

export const largestAttachmentBytes = 5 * 1024 * 1024

const formats = {
  csv: { mediaType: csvMediaType, piecesOf: csvOf },
  xlsx: { mediaType: xlsxMediaType, piecesOf: xlsxOf },
} as const

type ResultFor<Name extends keyof ResultToSend> = Pick<ResultToSend, Name> & {
  run: Pick<ResultToSend['run'], 'actionId' | 'endedAt'>
}

/** A run's result as a file for an email. @returns undefined if it is larger than mail servers accept */
export async function attachedFile(
  { run, columns, hasMachines, habits }: ResultFor<'columns' | 'hasMachines' | 'habits'>,
  { format, batches }: { format: keyof typeof formats; batches: TableToWrite['batches'] },
): Promise<Email['attachment']> {
  const { mediaType, piecesOf } = formats[format]
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of piecesOf({ columns, hasMachines, batches, habits })) {
    const content = Buffer.from(piece)
    bytes += content.byteLength
    if (bytes > largestAttachmentBytes) return undefined
    pieces.push(content)
  }
  const name = datedName(`${run.actionId}.${format}`, new Date(run.endedAt ?? 0))
  return { name, mediaType, content: Buffer.concat(pieces) }
}
