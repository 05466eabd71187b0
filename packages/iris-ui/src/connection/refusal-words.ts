import type { Texts } from '../texts/en.ts'
import type { Failure } from './failure.ts'

/** Why the server refused, in words. A newer server may have reasons that the app does not know: these read as a server error. */
export const refusalWords = (failure: Failure, { refusals }: Pick<Texts, 'refusals'>): string =>
  wordsOf(refusals, failure)

/** The same for a start. */
export const startRefusalWords = (failure: Failure, { actions }: Pick<Texts, 'actions'>): string =>
  wordsOf(actions.notStartedBecause, failure)

const wordsOf = (refusals: Texts['refusals'], failure: Failure): string =>
  (refusals as Partial<typeof refusals> & Record<Failure, string | undefined>)[failure] ?? refusals.INTERNAL
