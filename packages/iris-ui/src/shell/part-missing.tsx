import { failureOf, isRefusal } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { useSurroundings } from '../surroundings.ts'
import { NothingHere } from './nothing-here.tsx'

/** Shown for a page whose question was refused, or not answered yet: nobody says that it does not exist. */
export function PartMissing({ error }: { error: unknown }) {
  const { texts } = useSurroundings()
  const failure = failureOf(error)
  const isRefused = error !== null && isRefusal(failure)
  return (
    <NothingHere
      heading={texts.connection.partMissing}
      means={isRefused ? refusalWords(failure, texts) : texts.shell.notLoadedMeans}
    />
  )
}
