import { InvalidArgumentError } from 'commander'
import { z } from 'zod'
import type { AuditPlace } from '../activity/activity-store.ts'
import type { Places } from '../activity/newest-first.ts'
import { CommandFailed } from './terminal.ts'

/** Where a list or an export of the audit goes on: in all accounts, or in one. */
export type Place = Places | AuditPlace

const placeSchema = z.union([
  z.object({ atMs: z.number(), below: z.record(z.string().max(200), z.int()) }),
  z.object({
    at: z.iso.datetime().transform((text) => new Date(text)),
    number: z.int(),
    writer: z.string().max(200).exactOptional(),
  }),
])

export const textOfPlace = (place: Place) => Buffer.from(JSON.stringify(place)).toString('base64url')

export function place(text: string): Place {
  try {
    return placeSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
  } catch {
    throw new InvalidArgumentError('a place that an earlier list or export named')
  }
}

/** @throws CommandFailed for a place of one account's list */
export function placeInAll(after: Place | undefined): Places | undefined {
  if (after && !('below' in after)) throw new CommandFailed('This place is of one account: add --account.')
  return after
}

/** @throws CommandFailed for a place of the list of all accounts */
export function placeInOne(after: Place | undefined): AuditPlace | undefined {
  if (after && 'below' in after) throw new CommandFailed('This place is of all accounts: leave --account out.')
  return after
}
