import { useLayoutEffect, useRef } from 'react'
import { Button } from '../parts/button.tsx'
import { useSurroundings } from '../surroundings.ts'

interface StopQuestionProps {
  title: string
  progress: string | undefined
  onGoOn(): void
  onStop(): void
}

/** Asks once. The harmless button comes first, so that it has the focus; closing gives the focus back to Stop. */
export function StopQuestion({ title, progress, onGoOn, onStop }: StopQuestionProps) {
  const { texts } = useSurroundings()
  const dialog = useRef<HTMLDialogElement>(null)
  const words = texts.running

  // Before the dialog leaves the page: closing is what gives the focus back.
  useLayoutEffect(() => {
    const opened = dialog.current
    opened?.showModal()
    return () => opened?.close()
  }, [])

  return (
    <dialog
      ref={dialog}
      className="dlg"
      role="alertdialog"
      aria-labelledby="stop-h"
      aria-describedby="stop-p"
      onCancel={onGoOn}
    >
      <h3 className="h" id="stop-h">
        {words.stopQuestion(title)}
      </h3>
      <p id="stop-p">{progress ? words.stopMeans(progress) : words.stopMeansNothingYet}</p>
      <div className="btns">
        <Button onClick={onGoOn}>{words.goOn}</Button>
        <Button look="risk" onClick={onStop}>
          {words.stopNow}
        </Button>
      </div>
    </dialog>
  )
}
