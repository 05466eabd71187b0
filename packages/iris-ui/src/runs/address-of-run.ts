import type { Run } from '@standin/client'
import { addresses } from '../shell/addresses.ts'

/** A preview has a page of its own, where its changes are made. */
export function addressOfRun({ id, actionId, mode }: Pick<Run, 'id' | 'actionId' | 'mode'>): string {
  return mode === 'preview' ? addresses.preview(actionId, id) : addresses.run(id)
}
