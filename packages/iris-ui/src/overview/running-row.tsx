import type { Run, RunEvent } from '@standin/client'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '../connection/api.ts'
import { timeLeft } from '../formats/time-left.ts'
import { useNow } from '../formats/use-now.ts'
import { Button } from '../parts/button.tsx'
import { Icon } from '../parts/icon.tsx'
import { ProgressBar } from '../parts/progress-bar.tsx'
import { progressMessage, progressWords, runningWords, startedByWords, waitingWords } from '../runs/run-words.ts'
import { useRunEvents } from '../runs/use-run-events.ts'
import { useSurroundings } from '../surroundings.ts'
import { StopQuestion } from './stop-question.tsx'

interface RunningRowProps {
  run: Run
  title: string
  onEvents(runId: string, events: readonly RunEvent[]): void
  onChanged(run: Run): void
  /** Its Stop button goes, so the focus needs another place. */
  onStop(): void
}

export function RunningRow({ run, title, onEvents, onChanged, onStop }: RunningRowProps) {
  const { host, texts, formats } = useSurroundings()
  const trpc = useTRPC()
  const nowMs = useNow(60_000)
  const [asking, setAsking] = useState(false)
  useRunEvents(run.id, onEvents)
  const cancel = useMutation(trpc.run.cancel.mutationOptions({ onSuccess: onChanged }))

  const words = texts.running
  const held = run.state === 'waiting' || run.state === 'queued'
  const stopping = run.state === 'cancelling' || cancel.isPending
  const shown = { title, userId: host.user.id, texts, formats }
  const sentence = runningWords(stopping ? { ...run, state: 'cancelling' } : run, shown)
  const left = run.progress.secondsLeft === null || stopping ? undefined : timeLeft(run.progress.secondsLeft)
  const progress = progressWords(run, shown)
  const started = run.startedAt ?? run.createdAt
  const meanwhile: Partial<Record<Run['state'], string | undefined>> = {
    queued: words.queuedMeans,
    running: progressMessage(run).sentence,
    waiting: waitingWords(run.reason, texts),
  }

  return (
    <li>
      <Icon
        name={stopping ? 'spin' : held ? 'clock' : 'run'}
        tone={held || stopping ? 'wait' : 'run'}
        spinning={stopping}
      />
      <div>
        <p className="t num">{sentence}</p>
        {run.state !== 'queued' && (
          <ProgressBar
            label={title}
            done={run.progress.done}
            total={run.progress.total}
            valueText={[progress ?? sentence, left && words.leftSpoken(left)].filter(Boolean).join(', ')}
            held={held || stopping}
          />
        )}
        <p className="d">
          {[
            meanwhile[run.state],
            `${capital(startedByWords(run, shown))}, ${texts.results.when(formats.moment(started, nowMs))}`,
          ]
            .filter(Boolean)
            .map((part, index) => (
              <span key={part}>
                {index > 0 && ' · '}
                {part}
              </span>
            ))}
        </p>
        <div role="alert">
          {cancel.isError && (
            <p className="st bad">
              <Icon name="bad" />
              <span>{words.notStopped}</span>
            </p>
          )}
        </div>
      </div>
      <div className="e">
        {left && <span className="left">{words.left(left)}</span>}
        {!stopping && (
          <Button look="stop" icon="stop" aria-label={words.stopNamed(title)} onClick={() => setAsking(true)}>
            {words.stop}
          </Button>
        )}
      </div>
      {asking && (
        <StopQuestion
          title={title}
          progress={progress}
          onGoOn={() => setAsking(false)}
          onStop={() => {
            setAsking(false)
            cancel.mutate({ runId: run.id })
            requestAnimationFrame(onStop)
          }}
        />
      )}
    </li>
  )
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1)
