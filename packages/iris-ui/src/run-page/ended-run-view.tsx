import { skipToken, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { hindranceWords } from '../actions/may-start.ts'
import { useTRPC } from '../connection/api.ts'
import { startRefusalWords } from '../connection/refusal-words.ts'
import { useInstallation } from '../connection/use-account.ts'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { ResultDetail, ResultSection } from '../results/result-section.tsx'
import { againOf } from '../runs/again.ts'
import { addressOfRun, progressWords } from '../runs/run-words.ts'
import { useRetryRun } from '../runs/use-retry-run.ts'
import { addresses } from '../shell/addresses.ts'
import { useSurroundings } from '../surroundings.ts'
import { DeliveryList } from './delivery-list.tsx'
import { FileList } from './file-list.tsx'
import type { RunViewProps } from './going-run-view.tsx'
import { RunFacts } from './run-facts.tsx'
import { RunLog } from './run-log.tsx'

/** The headline, then the chart, table, files and deliveries. */
export function EndedRunView({ run, log, action, title, said, heading }: RunViewProps) {
  const { texts, formats } = useSurroundings()
  const progress = progressWords(run, { texts, formats })
  const halfWay = run.state !== 'succeeded' && run.progress.done > 0

  return (
    <>
      <div className="say">
        {said.look && <Icon name={said.look.icon} tone={said.look.tone} size="lg" label={said.look.state} />}
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {said.heading}
          </h1>
          {said.lead.length > 0 && <p className="lead">{said.lead.join(' ')}</p>}
          <ResultDetail run={run} />
        </div>
        <div className="acts">
          <RunAgain run={run} title={title} action={action} />
        </div>
      </div>
      {halfWay && (
        <ProgressBar
          label={title}
          done={run.progress.done}
          total={run.progress.total}
          valueText={progress ?? said.heading}
          look={run.state === 'failed' ? 'part' : 'held'}
          size="large"
        />
      )}
      <RunFacts run={run} action={action} line />
      <Origin run={run} />
      <div className="cols res">
        <div className="stack">
          <ResultSection run={run} />
          <RunLog log={log} actionId={run.actionId} />
        </div>
        <div className="aside">
          <FileList run={run} />
          <DeliveryList run={run} />
        </div>
      </div>
    </>
  )
}

function Origin({ run }: Pick<RunViewProps, 'run'>) {
  const words = useSurroundings().texts.run
  const links = [
    run.scheduleId && { to: addresses.schedule(run.scheduleId), words: words.openSchedule, said: undefined },
    run.retryOf && { to: addresses.run(run.retryOf), words: words.seeEarlier, said: words.repeats },
    run.previewRunId && {
      to: addresses.preview(run.actionId, run.previewRunId),
      words: words.seePreview,
      said: words.madeFromPreview,
    },
    run.mode === 'preview' && { to: addressOfRun(run), words: words.openPreview, said: words.isPreview },
  ].filter((link) => typeof link === 'object' && link !== null)
  if (links.length === 0) return null
  return (
    <p className="origin small muted">
      {links.map(({ to, words: label, said }) => (
        <span key={to}>
          {said} <Link href={to}>{label}</Link>
        </span>
      ))}
    </p>
  )
}

/** The same once more, or what stands in the way. */
function RunAgain({ run, title, action }: Pick<RunViewProps, 'run' | 'title' | 'action'>) {
  const { texts } = useSurroundings()
  const nowMs = useNow(60_000)
  const installation = useInstallation()
  const trpc = useTRPC()
  const preview = useQuery(
    trpc.run.get.queryOptions(run.previewRunId ? { runId: run.previewRunId } : skipToken, { staleTime: Infinity }),
  )
  const { press, busy, failure } = useRetryRun({ runId: run.id, title })
  if (preview.isLoading) return null
  const previewEndedAt = preview.data?.endedAt
  const again = againOf(run, { action, installation: installation.data?.state, previewEndedAt, nowMs })
  if (!action || !again) return null
  if (again.kind === 'new-preview')
    return (
      <Link href={addresses.actionLike(run.actionId, run.id)} className="btn">
        {texts.run.newPreview}
      </Link>
    )
  const hindered = again.kind === 'hindered' ? again.by : undefined

  return (
    <>
      <Button
        icon="redo"
        {...(run.state === 'failed' && { look: 'go' as const })}
        busy={busy}
        off={hindered !== undefined}
        aria-describedby={hindered ? 'again-not' : undefined}
        onClick={press}
      >
        {texts.run.again}
      </Button>
      {hindered && (
        <p className="small muted" id="again-not">
          {hindered === 'role' ? texts.shell.needsRole : hindranceWords(hindered, action, texts)}
        </p>
      )}
      <div role="alert">
        {failure && (
          <p className="st bad">
            <Icon name="bad" />
            <span>
              {texts.actions.notStarted(title)} {startRefusalWords(failure, texts)}
            </span>
          </p>
        )}
      </div>
    </>
  )
}
