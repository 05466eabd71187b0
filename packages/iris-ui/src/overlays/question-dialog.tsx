import { AlertDialog } from '@base-ui/react/alert-dialog'
import { useRef } from 'react'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'

export interface QuestionProps {
  heading: string
  means: string
  /** The harmless answer. */
  keep: string
  go: string
  busy?: boolean
  /** Why the last attempt failed. */
  failure?: string | undefined
  onKeep(): void
  onGo(): void
}

/** The harmless button is first and has the focus. Closing returns the focus to the element that opened it. */
export function QuestionDialog(question: QuestionProps) {
  const { heading, means, keep, go, busy = false, failure, onKeep, onGo } = question
  const harmless = useRef<HTMLButtonElement>(null)
  return (
    <AlertDialog.Root open onOpenChange={(open) => !open && onKeep()}>
      <AlertDialog.Portal className="standin">
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dlg" initialFocus={harmless}>
          <AlertDialog.Title className="h">{heading}</AlertDialog.Title>
          <AlertDialog.Description>{means}</AlertDialog.Description>
          <div role="alert">
            {failure && (
              <p className="st bad">
                <Icon name="bad" />
                <span>{failure}</span>
              </p>
            )}
          </div>
          <div className="btns">
            <Button ref={harmless} onClick={onKeep}>
              {keep}
            </Button>
            <Button look="risk" busy={busy} onClick={onGo}>
              {go}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}
