import type { Run } from '@standin/client'

/** The bar is never full while anything is left. */
const MOST = 0.99

/** How much of the whole run is done, from 0 to less than 1; null while it is unknown. */
export function shareOf({ progress: { share, done, total } }: Pick<Run, 'progress'>): number | null {
  const known = share ?? (total ? done / total : null)
  return known === null ? null : Math.min(MOST, known)
}
