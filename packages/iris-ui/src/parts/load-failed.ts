/** A file of the app did not load: an update removed it, or the connection failed. */
export class LoadFailed extends Error {
  override readonly name = 'LoadFailed'
}
