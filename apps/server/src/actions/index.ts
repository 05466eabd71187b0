import type { AnyAction } from 'standin'
import { fleetSnapshot } from './fleet-snapshot.ts'

/** Every background action of this app: one file beside this one, one line here. */
export const actions: readonly AnyAction[] = [fleetSnapshot]
