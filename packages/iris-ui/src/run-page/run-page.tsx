import type { Action, Run } from '@standin/client'
import { useState } from 'react'
import { failureOf } from '../connection/failure.ts'
import { useInstallation } from '../connection/use-account.ts'
import { useActions } from '../connection/use-actions.ts'
import { useNow } from '../formats/use-now.ts'
import { Crumb } from '../parts/crumb.tsx'
import { PageSkeleton } from '../parts/skeleton.tsx'
import { useSkeleton } from '../parts/use-skeleton.ts'
import { useFirstRows } from '../results/use-result.ts'
import { hasEnded } from '../runs/follow-run.ts'
import { runHeading } from '../runs/run-heading.ts'
import { titleOf } from '../runs/title-of.ts'
import { useRunBefore } from '../runs/use-run-before.ts'
import { useRunEvents } from '../runs/use-run-events.ts'
import { usualSecondsOf } from '../runs/usual-seconds.ts'
import { addresses } from '../shell/addresses.ts'
import { usePageTitle } from '../shell/announcer.ts'
import { NothingHere } from '../shell/nothing-here.tsx'
import { PartMissing } from '../shell/part-missing.tsx'
import { useSurroundings } from '../surroundings.ts'
import { EndedRunView } from './ended-run-view.tsx'
import { GoingRunView } from './going-run-view.tsx'
import { type LogLine, useRun } from './use-run.ts'
import { useRunAnnouncements } from './use-run-announcements.ts'

/** One run: its progress while it runs, and afterwards what it found. */
export function RunPage({ runId }: { runId: string }) {
  const { texts } = useSurroundings()
  const { run, log, follow, error, isPending } = useRun(runId)
  const { actions } = useActions()
  // Drawn together with its findings, so that nothing moves when the list arrives. A run that was just started has none.
  const rows = useFirstRows(runId)
  const [isJustStarted] = useState(() => run?.state === 'queued')
  const shape = useSkeleton(isPending || (rows.isPending && error === null && !isJustStarted))

  if (shape !== 'content') return shape === 'skeleton' ? <PageSkeleton /> : null
  if (!run) {
    const gone = error && ['RUN_NOT_FOUND', 'NOT_FOUND', 'INPUT_INVALID'].includes(failureOf(error))
    return gone ? (
      <NothingHere heading={texts.run.unknown} means={texts.run.unknownMeans} />
    ) : (
      <PartMissing error={error} />
    )
  }
  return <KnownRun run={run} log={log} follow={follow} action={actions.find(({ id }) => id === run.actionId)} />
}

export interface KnownRunProps {
  run: Run
  log: readonly LogLine[]
  action: Action | undefined
}

function KnownRun({ run, log, action, follow }: KnownRunProps & { follow: ReturnType<typeof useRun>['follow'] }) {
  const { host, texts, formats } = useSurroundings()
  const nowMs = useNow(10_000)
  useRunEvents(run.id, follow)

  const title = action?.title ?? titleOf(run.actionId, [])
  const usualSeconds = usualSecondsOf(run, action)
  const before = useRunBefore(run)
  const accessTriedAt = useInstallation().data?.tries?.nextAt
  const said = runHeading(run, {
    title,
    userId: host.user.id,
    usualSeconds,
    before,
    accessTriedAt,
    nowMs,
    texts,
    formats,
  })
  usePageTitle(title, run.id)
  const heading = useRunAnnouncements(run, said.heading)

  return (
    <div className="page-run page-result" data-run={run.id} data-state={run.state}>
      {!hasEnded(run) && <Crumb to={addresses.action(run.actionId)}>{title}</Crumb>}
      {hasEnded(run) ? (
        <EndedRunView run={run} log={log} action={action} title={title} said={said} heading={heading} />
      ) : (
        <GoingRunView run={run} log={log} action={action} title={title} said={said} heading={heading} />
      )}
    </div>
  )
}
