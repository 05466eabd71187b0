/** The run is to stop here: it was cancelled, or another worker took it over. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped'
}
