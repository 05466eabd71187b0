import { useState } from 'react'
import { failureOf } from '../connection/failure.ts'
import { refusalWords } from '../connection/refusal-words.ts'
import { Button } from '../parts/button.tsx'
import { Question } from '../parts/question.tsx'
import { useSurroundings } from '../surroundings.ts'

/** Asks once, since results are no longer sent there from then on. */
export function RemoveButton({ name, remove }: { name: string; remove: () => Promise<unknown> }) {
  const { host, texts } = useSurroundings()
  const words = texts.receivers
  const [asking, setAsking] = useState<{ busy: boolean; failure?: string }>()

  async function go(): Promise<void> {
    setAsking({ busy: true })
    try {
      await remove()
      setAsking(undefined)
      host.toast({ title: words.removed(name), kind: 'success' })
    } catch (error) {
      setAsking({ busy: false, failure: refusalWords(failureOf(error), texts) })
    }
  }

  return (
    <>
      <Button look="quiet" aria-label={words.removeNamed(name)} onClick={() => setAsking({ busy: false })}>
        {words.remove}
      </Button>
      {asking && (
        <Question
          heading={words.removeQuestion(name)}
          means={words.removeMeans}
          keep={words.keep}
          go={words.remove}
          {...asking}
          onKeep={() => setAsking(undefined)}
          onGo={() => void go()}
        />
      )}
    </>
  )
}
