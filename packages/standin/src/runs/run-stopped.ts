/** The run is to stop here: it was cancelled, or another worker took it over. */
export class RunStopped extends Error {
  override readonly name: string = 'RunStopped'
}

/** Told to stop, it did not, and was left alone: it may still be at work. */
export class RunAbandoned extends RunStopped {
  override readonly name = 'RunAbandoned'
}

/** Why a run's signal was aborted where its process ends, and another worker goes on from its next checkpoint. */
export const handOver = 'hand over'
/** Somebody else may have it. */
export const lost = 'lost'
export const tooLong = 'too long'
