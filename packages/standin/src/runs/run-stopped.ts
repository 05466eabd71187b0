/** Thrown to end the work on a run: it was cancelled, or another worker holds it. */
export class RunStopped extends Error {
  override readonly name: string = 'RunStopped'
}

/** The action did not stop when asked, and was abandoned: it may still be working. */
export class RunAbandoned extends RunStopped {
  override readonly name = 'RunAbandoned'
}

/** Why the signal of a run is aborted: the process ends, and another worker continues from the next checkpoint. */
export const handOver = 'hand over'
/** Another worker may hold the run. */
export const lost = 'lost'
/** The attempt's time is up. */
export const tooLong = 'too long'
