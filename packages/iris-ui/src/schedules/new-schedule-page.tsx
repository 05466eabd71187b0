import { useActions } from '../connection/use-actions.ts'
import { Crumb } from '../parts/crumb.tsx'
import { Notice } from '../parts/notice.tsx'
import { PageSkeleton } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { addresses } from '../shell/addresses.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { useAddressState } from '../shell/hash-location.ts'
import { PartMissing } from '../shell/part-missing.tsx'
import { useSurroundings } from '../surroundings.ts'
import { ScheduleForm } from './schedule-form.tsx'

export function NewSchedulePage() {
  const { texts } = useSurroundings()
  const words = texts.schedules
  const { actions, isPending, isMissing, error } = useActions()
  const [address] = useAddressState()
  const shape = useSkeleton(isPending)
  usePageTitle(words.form.heading)
  if (shape !== 'content') return shape === 'skeleton' ? <PageSkeleton /> : null
  if (isMissing) return <PartMissing error={error} />

  return (
    <>
      <Crumb to={addresses.schedules}>{words.heading}</Crumb>
      <div className="head">
        <div>
          <h1>{words.form.heading}</h1>
        </div>
      </div>
      {actions.some(({ changesData }) => !changesData) ? (
        <ScheduleForm actions={actions} actionId={address.get('action') ?? undefined} />
      ) : (
        <Notice tone="wait" icon="minus" heading={words.form.noAction} level={2} slim />
      )}
    </>
  )
}
