import { Dialog } from '@base-ui/react/dialog'
import type { ReactNode } from 'react'
import { Icon } from '../parts/icon.tsx'
import { useSurroundings } from '../surroundings.ts'

interface SheetProps {
  heading: string
  /** The label of the button at its end. */
  done: string
  onClose(): void
  children: ReactNode
}

/** From below, over the page. Closing returns the focus to the element that opened it. */
export function Sheet({ heading, done, onClose, children }: SheetProps) {
  const { texts } = useSurroundings()
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal className="standin">
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="sheet">
          <div className="sheet-head">
            <Dialog.Title className="h">{heading}</Dialog.Title>
            <Dialog.Close className="btn quiet" aria-label={texts.shell.close}>
              <Icon name="cross" />
            </Dialog.Close>
          </div>
          <div className="sheet-body">{children}</div>
          <Dialog.Close className="btn go">{done}</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
