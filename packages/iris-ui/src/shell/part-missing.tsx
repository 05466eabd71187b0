import { useFirstSurroundings } from '../surroundings.ts'
import { NothingHere } from './nothing-here.tsx'

/** Shown for a page whose answer has not come yet after a failed request: nobody knows whether it exists. */
export function PartMissing() {
  const { texts } = useFirstSurroundings()
  return <NothingHere heading={texts.connection.partMissing} means={texts.shell.notLoadedMeans} />
}
