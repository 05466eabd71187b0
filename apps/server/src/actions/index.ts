import type { AnyAction } from 'standin'
import { attentionList } from './attention-list.ts'
import { clearStaleEvents } from './clear-stale-events.ts'
import { fleetSnapshot } from './fleet-snapshot.ts'
import { utilisation } from './utilisation.ts'

/** Every background action of this app: one file beside this one, one line here. */
export const actions = [attentionList, fleetSnapshot, utilisation, clearStaleEvents] satisfies readonly AnyAction[]
