import type { Installation, Run } from '@standin/client'
import { beginning } from '../first-days/first-check.ts'
import { type KnownOfNeeds, type Need, needsYou } from './needs-you.ts'

export interface KnownOfOverview extends KnownOfNeeds {
  installation: Installation
  /** The actions whose offered schedule the user has declined. */
  declined: readonly string[]
  /** The runs that have not ended. */
  going: readonly Run[]
}

/** How the overview begins, and what needs a person: the same before React has come and after it. */
export function decideOverview(known: KnownOfOverview): { begins: ReturnType<typeof beginning>; needs: Need[] } {
  const { installation, going } = known
  return {
    begins: installation.state === 'active' ? beginning({ ...known, isGoing: going.length > 0 }) : 'normal',
    needs: needsYou(installation, known),
  }
}
