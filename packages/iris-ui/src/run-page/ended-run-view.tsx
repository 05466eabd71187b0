import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { useTRPC } from '../connection/api.ts'
import { failureOf, mayPass } from '../connection/failure.ts'
import { startRefusalWords } from '../connection/refusal-words.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { ResultDetail, ResultSection } from '../results/result-section.tsx'
import { addressOfRun, progressWords } from '../runs/run-words.ts'
import { addresses } from '../shell/addresses.ts'
import { useAnnouncer } from '../shell/announcer.ts'
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
          <RunAgain run={run} title={title} off={action !== undefined && !action.mayStart} />
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

/** The same once more: as often as it is pressed without an answer, it is one run. */
function RunAgain({ run, title, off }: Pick<RunViewProps, 'run' | 'title'> & { off: boolean }) {
  const { texts } = useSurroundings()
  const words = texts.run
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [, navigate] = useLocation()
  const { say, justStarted } = useAnnouncer()
  const key = useRef<string>(undefined)
  const retry = useMutation(
    trpc.run.retry.mutationOptions({
      retry: (failures, error) => failures < 2 && mayPass(failureOf(error)),
      onSuccess(started) {
        key.current = undefined
        queryClient.setQueryData(trpc.run.get.queryKey({ runId: started.id }), started)
        void queryClient.invalidateQueries({ queryKey: trpc.run.list.pathKey() })
        justStarted.current = started.id
        say(words.againStarted(title))
        navigate(addressOfRun(started))
      },
      onError(error) {
        if (!mayPass(failureOf(error)) && failureOf(error) !== 'SIGNED_OUT') key.current = undefined
      },
    }),
  )
  const failure = retry.error && failureOf(retry.error)

  return (
    <>
      <Button
        icon="redo"
        {...(run.state === 'failed' && { look: 'go' as const })}
        busy={retry.isPending}
        off={off}
        aria-describedby={off ? 'again-role' : undefined}
        onClick={() => {
          key.current ??= crypto.randomUUID()
          retry.mutate({ runId: run.id, idempotencyKey: key.current })
        }}
      >
        {words.again}
      </Button>
      {off && (
        <p className="small muted" id="again-role">
          {texts.shell.needsRole}
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
