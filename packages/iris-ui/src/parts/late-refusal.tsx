import { Suspense } from 'react'
import { lateFile } from './late-file.ts'
import { lateParts } from './late-parts.tsx'
import type { RefusalProps } from './refusal.tsx'

const refusals = lateParts(lateFile(() => import('./refusal.tsx')))
const Refusal = refusals.part('Refusal')
/** When the page is idle: the server may be out of reach when they are needed. */
export const bringRefusals = refusals.bring

/** Put it into an alert that already exists. */
export function LateRefusal(props: RefusalProps) {
  return (
    <Suspense fallback={null}>
      <Refusal {...props} />
    </Suspense>
  )
}
