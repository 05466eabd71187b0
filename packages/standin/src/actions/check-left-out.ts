import type { Database } from '../database/database.ts'
import { idsAmongRows } from '../results/result-row-store.ts'
import { findResult } from '../results/result-store.ts'
import { StandinError } from '../standin-error.ts'

interface LeftOut {
  accountId: string
  previewRunId: string | undefined
  leaveOut: readonly string[]
}

/**
 * Checks that the preview has all rows that are left out, and others too: a typing error must not change a row that a person
 * meant to keep.
 * @throws StandinError `INPUT_INVALID` with the rows that the preview does not have
 */
export async function checkLeftOut(db: Database, { accountId, previewRunId, leaveOut }: LeftOut): Promise<void> {
  if (leaveOut.length === 0) return
  const refuse = (detail: string): never => {
    throw new StandinError('INPUT_INVALID', { detail })
  }
  if (previewRunId === undefined) return refuse('Only a run that applies a preview can leave rows out.')
  const preview = (await findResult(db, { id: previewRunId, accountId }))?.result
  const known = preview ? await idsAmongRows(db, preview, leaveOut) : new Set()
  const unknown = leaveOut.filter((id) => !known.has(id))
  if (unknown.length > 0) return refuse(`leaveOut: the preview has no row ${inWords(unknown)}.`)
  if (known.size === preview?.rows)
    return refuse('leaveOut: it names every row of the preview, so nothing would be changed.')
}

const named = 3

function inWords(ids: readonly string[]): string {
  const first = ids.slice(0, named).map((id) => JSON.stringify(id))
  return ids.length > named ? `${first.join(', ')} and ${ids.length - named} more` : first.join(', ')
}
