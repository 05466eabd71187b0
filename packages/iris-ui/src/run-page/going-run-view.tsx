import type { Action, Run } from '@standin/client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Ref, useState } from 'react'
import { Link } from 'wouter'
import { useTRPC } from '../connection/api.ts'
import { useAskAgain } from '../connection/ask-again.ts'
import { failureOf } from '../connection/failure.ts'
import { NextTry } from '../connection/next-try.tsx'
import { refusalWords } from '../connection/refusal-words.ts'
import { TryNow } from '../connection/try-now.tsx'
import { Button } from '../parts/button.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { Question } from '../parts/question.tsx'
import { RefusedPress } from '../parts/refused-press.tsx'
import { addressOfRun } from '../runs/address-of-run.ts'
import type { RunHeading } from '../runs/run-heading.ts'
import { readyWords, stepWords } from '../runs/run-progress-words.ts'
import { progressMessage, progressWords } from '../runs/run-words.ts'
import { shareOf } from '../runs/share-of.ts'
import { useSurroundings } from '../surroundings.ts'
import { FoundSoFar } from './found-so-far.tsx'
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
  heading: Ref<HTMLHeadingElement>
}

/** Time left, one bar over all steps, then the steps and the findings so far. */
export function GoingRunView({ run, log, action, title, said, heading }: RunViewProps) {
  const { texts, formats, langOf } = useSurroundings()
  const held = run.state !== 'running' && run.state !== 'queued'
  const progress = progressWords(run, { texts, formats })
  const { sentence } = progressMessage(run, { texts })
  const isRefused = run.state === 'waiting' && run.reason === 'CREDENTIALS_REJECTED'
  const words = texts.running
  const step = stepWords(run, { texts, formats }) ?? progress ?? sentence ?? words.starting(title)
  const ready = readyWords(run, { texts, formats })

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
            share={shareOf(run)}
            valueText={[step, ready].filter(Boolean).join(', ')}
            look={held ? 'held' : undefined}
            size="large"
          />
          <p className="prog-words num">
            <span lang={langOf(step)}>{step}</span>
            {ready && <span className="muted">{ready}</span>}
          </p>
          {sentence && sentence !== step && (
            <p className="prog-sentence" lang={langOf(sentence)}>
              {sentence}
            </p>
          )}
        </>
      )}
      <div className="live2">
        <div className="stack">
          <RunSteps run={run} />
        </div>
        <div className="stack">
          <FoundSoFar run={run} />
          <RunFacts run={run} action={action} />
          <RunLog log={log} actionId={run.actionId} />
        </div>
      </div>
    </>
  )
}

/** Asks once, with the focus on the harmless button. */
function StopButton({ run, title, action }: { run: Run; title: string; action: Action | undefined }) {
  const { texts, formats } = useSurroundings()
  const words = texts.running
  const trpc = useTRPC()
  const queryClient = useQueryClient()
  const askAgain = useAskAgain()
  const [asking, setAsking] = useState(false)
  const cancel = useMutation(
    trpc.run.cancel.mutationOptions({
      onSuccess(after) {
        queryClient.setQueryData(trpc.run.get.queryKey({ runId: run.id }), after)
        askAgain(trpc.run.list.pathKey())
        setAsking(false)
      },
      onError: () => askAgain(trpc.run.get.queryKey({ runId: run.id })),
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
      <RefusedPress error={asking ? null : cancel.error} what={words.notStopped} />
      {asking && (
        <Question
          heading={words.stopQuestion(title)}
          means={progress ? words.stopMeans(progress) : words.stopMeansNothingYet}
          keep={words.goOn}
          go={words.stopNow}
          busy={cancel.isPending}
          failure={cancel.error ? `${words.notStopped} ${refusalWords(failureOf(cancel.error), texts)}` : undefined}
          onKeep={() => setAsking(false)}
          onGo={() => cancel.mutate({ runId: run.id })}
        />
      )}
    </>
  )
}
