import { failureOf } from '../connection/failure.ts'
import { LateRefusal } from './late-refusal.tsx'

/** What did not happen, and the server's reason. Its element exists before, so that screen readers announce it. */
export function RefusedPress({ error, what }: { error: unknown; what: string }) {
  return (
    <div role="alert" className="alert">
      {error !== null && error !== undefined && <LateRefusal what={what} failure={failureOf(error)} />}
    </div>
  )
}
