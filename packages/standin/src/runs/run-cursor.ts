import { z } from 'zod'
import { StandinError } from '../standin-error.ts'

const cursorSchema = z.tuple([z.iso.datetime(), z.guid()])

/** Where a page of runs ended: the next one begins after it, even if runs were added. */
export function encodeCursor({ createdAt, id }: { createdAt: Date; id: string }): string {
  return Buffer.from(JSON.stringify([createdAt.toISOString(), id])).toString('base64url')
}

/** @throws StandinError `INPUT_INVALID` */
export function decodeCursor(cursor: string): { createdAt: Date; id: string } {
  try {
    const [createdAt, id] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { createdAt: new Date(createdAt), id }
  } catch {
    throw new StandinError('INPUT_INVALID', { detail: 'The cursor does not come from this list.' })
  }
}
