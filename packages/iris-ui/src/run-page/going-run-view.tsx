import type { Action, Run } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type RefObject, useState } from 'react'
import { Link } from 'wouter'
import { useTRPC } from '../connection/api.ts'
import { NextTry } from '../connection/next-try.tsx'
import { TryNow } from '../connection/try-now.tsx'
import { timeLeft } from '../formats/time-left.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { Question } from '../parts/question.tsx'
import { ResultBody } from '../results/result-body.tsx'
import type { RunHeading } from '../runs/run-heading.ts'
import { addressOfRun, progressMessage, progressWords } from '../runs/run-words.ts'
import { useSurroundings } from '../surroundings.ts'
import { RunFacts } from './run-facts.tsx'
import { RunLog } from './run-log.tsx'
import { RunSteps } from './run-steps.tsx'
import type { LogLine } from './use-run.ts'

export interface RunViewProps {
  run: Run
  log: readonly LogLine[]
  action: Action | undefined
  title: string
  said: RunHeading
  heading: RefObject<HTMLHeadingElement | null>
}

/** Time left and the bar first, then Stop, the steps and the findings so far. */
export function GoingRunView({ run, log, action, title, said, heading }: RunViewProps) {
  const { texts, formats } = useSurroundings()
  const words = texts.running
  const { done, total, secondsLeft } = run.progress
  const held = run.state !== 'running' && run.state !== 'queued'
  const progress = progressWords(run, { texts, formats })
  const { sentence } = progressMessage(run, { texts })
  const isRefused = run.state === 'waiting' && run.reason === 'CREDENTIALS_REJECTED'
  const left = secondsLeft === null || held ? undefined : words.leftSpoken(timeLeft(secondsLeft))

  return (
    <>
      <div className="head tight">
        <div>
          <h1 ref={heading} tabIndex={-1} className="num">
            {said.heading}
          </h1>
          <p className="lead">
            {said.lead.join(' ')} {said.nextTryAt && <NextTry at={said.nextTryAt} />}
            {said.before && <Link href={addressOfRun(said.before)}>{words.seeBefore}</Link>}
          </p>
        </div>
        <div className={isRefused ? 'acts btns' : 'acts'}>
          {isRefused && <TryNow />}
          {run.state !== 'cancelling' && <StopButton run={run} title={title} action={action} />}
        </div>
      </div>
      {!said.idle && (
        <>
          <ProgressBar
            label={title}
            done={done}
            total={total}
            valueText={[progress ?? said.heading, left].filter(Boolean).join(', ')}
            look={held ? 'held' : undefined}
            size="large"
          />
          <p className="prog-words num">
            <span>{progress ?? sentence ?? words.starting(title)}</span>
            {total ? <span className="muted">{formats.percent(Math.min(1, done / total))}</span> : null}
          </p>
          {progress && sentence && <p className="prog-sentence">{sentence}</p>}
        </>
      )}
      <div className="cols res early">
        <div className="stack">
          <ResultBody run={run} />
          <RunLog log={log} actionId={run.actionId} />
        </div>
        <div className="aside">
          <RunSteps run={run} />
          <RunFacts run={run} action={action} />
        </div>
      </div>
    </>
  )
}

/** Asks once, with the focus on what changes nothing. */
function StopButton({ run, title, action }: { run: Run; title: string; action: Action | undefined }) {
  const { texts, formats } = useSurroundings()
  const words = texts.running
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const [asking, setAsking] = useState(false)
  const cancel = useMutation(
    trpc.run.cancel.mutationOptions({
      onSuccess(after) {
        queryClient.setQueryData(trpc.run.get.queryKey({ runId: run.id }), after)
        void queryClient.invalidateQueries({ queryKey: trpc.run.list.pathKey() })
        setAsking(false)
      },
    }),
  )
  const progress = progressWords(run, { texts, formats })
  const mayNot = action !== undefined && !action.mayStart

  return (
    <>
      <Button
        look="stop"
        icon="stop"
        busy={cancel.isPending}
        off={mayNot}
        aria-describedby={mayNot ? 'stop-role' : undefined}
        onClick={() => setAsking(true)}
      >
        {run.state === 'waiting' ? words.keepStop : words.stop}
      </Button>
      {mayNot && (
        <p className="small muted" id="stop-role">
          {texts.shell.needsRole}
        </p>
      )}
      <div role="alert" className="alert">
        {cancel.isError && !asking && (
          <p className="st bad">
            <Icon name="bad" />
            <span>{words.notStopped}</span>
          </p>
        )}
      </div>
      {asking && (
        <Question
          heading={words.stopQuestion(title)}
          means={progress ? words.stopMeans(progress) : words.stopMeansNothingYet}
          keep={words.goOn}
          go={words.stopNow}
          busy={cancel.isPending}
          failure={cancel.isError ? words.notStopped : undefined}
          onKeep={() => setAsking(false)}
          onGo={() => cancel.mutate({ runId: run.id })}
        />
      )}
    </>
  )
}
