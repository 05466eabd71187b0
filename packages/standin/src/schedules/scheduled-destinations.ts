import { randomUUID } from 'node:crypto'
import type { ChangedDestination, Destination, ShownDestination } from '@standin/contracts'
import { shownAddress } from '../actions/shown-address.ts'
import { StandinError } from '../standin-error.ts'

/** A destination as a schedule stores it. Its webhooks have an id, since their addresses are never shown. */
export type ScheduledDestination = Extract<Destination, { kind: 'email' }> | ScheduledWebhook
type ScheduledWebhook = Extract<Destination, { kind: 'webhook' }> & { id: string }

/**
 * @param current those that the schedule has, of which webhooks may be kept by their id
 * @throws StandinError `INPUT_INVALID` for a webhook that it does not have
 */
export function scheduledDestinations(
  asked: readonly ChangedDestination[],
  current: readonly ScheduledDestination[] = [],
): ScheduledDestination[] {
  return asked.map((destination) => {
    if (destination.kind === 'email') return destination
    if ('url' in destination) return { ...destination, id: randomUUID() }
    const kept = current.find((each) => each.kind === 'webhook' && each.id === destination.id)
    if (!kept)
      throw new StandinError('INPUT_INVALID', {
        detail: 'The schedule no longer has this webhook. Enter its address again.',
      })
    return kept
  })
}

export const shownDestination = (destination: ScheduledDestination): ShownDestination =>
  destination.kind === 'email' ? destination : { kind: 'webhook', id: destination.id, host: shownAddress(destination) }
