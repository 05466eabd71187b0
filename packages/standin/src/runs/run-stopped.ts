/** The run is to stop here: it was cancelled, or another worker took it over. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped'
}

/** Why a run's signal was aborted where its process ends, and another worker goes on from its next checkpoint. */
export const handOver = 'hand over'
